/** Where a node looks for its cluster: {@link io.holdfast.discovery.seed.SeedSource}. */
@NullMarked
package io.holdfast.discovery.seed;

import org.jspecify.annotations.NullMarked;
