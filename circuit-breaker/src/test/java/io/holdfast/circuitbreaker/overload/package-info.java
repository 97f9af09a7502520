/** Tests of limits, shedding and brown-out, in virtual time. */
@NullMarked
package io.holdfast.circuitbreaker.overload;

import org.jspecify.annotations.NullMarked;
