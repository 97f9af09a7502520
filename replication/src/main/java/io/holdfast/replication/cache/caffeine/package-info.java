/**
 * What a near cache keeps, chosen by Caffeine. The only package of this module that imports it; no signature shows its types.
 */
@NullMarked
package io.holdfast.replication.cache.caffeine;

import org.jspecify.annotations.NullMarked;
