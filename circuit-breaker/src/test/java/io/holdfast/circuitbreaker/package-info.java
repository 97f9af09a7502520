/** Tests of the policies. */
@NullMarked
package io.holdfast.circuitbreaker;

import org.jspecify.annotations.NullMarked;
