/**
 * The only package that sees Resilience4j; internal to {@code io.holdfast.circuitbreaker}. No signature shows its types.
 */
@NullMarked
package io.holdfast.circuitbreaker.resilience4j;

import org.jspecify.annotations.NullMarked;
