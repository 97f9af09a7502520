/** Tests of what is built on Resilience4j. */
@NullMarked
package io.holdfast.circuitbreaker.resilience4j;

import org.jspecify.annotations.NullMarked;
