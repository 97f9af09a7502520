/**
 * Results that are kept, in Caffeine. The only package that imports it; no signature shows its types.
 */
@NullMarked
package io.holdfast.circuitbreaker.caffeine;

import org.jspecify.annotations.NullMarked;
