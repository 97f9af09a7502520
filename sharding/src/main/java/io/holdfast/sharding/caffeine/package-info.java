/**
 * What may leave the memory, chosen by Caffeine. The only package of this module that imports it; no signature shows its types.
 */
@NullMarked
package io.holdfast.sharding.caffeine;

import org.jspecify.annotations.NullMarked;
