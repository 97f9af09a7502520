/**
 * What to do when more is asked than can be done: limits that are learnt from how long calls take ({@link io.holdfast.circuitbreaker.overload.Limit},
 * {@link io.holdfast.circuitbreaker.overload.AdaptiveLimiter}), refusing by criticality at the server ({@link io.holdfast.circuitbreaker.overload.Admission}), and a level at
 * which the application may do less ({@link io.holdfast.circuitbreaker.overload.BrownOut}).
 */
@NullMarked
package io.holdfast.circuitbreaker.overload;

import org.jspecify.annotations.NullMarked;
