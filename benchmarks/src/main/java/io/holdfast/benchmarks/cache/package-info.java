/** What a copy in this process costs. */
@NullMarked
package io.holdfast.benchmarks.cache;

import org.jspecify.annotations.NullMarked;
