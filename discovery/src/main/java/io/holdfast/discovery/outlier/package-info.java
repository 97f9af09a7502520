/**
 * Notices which instances of a service do worse than the others, takes them out for a while, and lets them back by a few calls first. Start at
 * {@link io.holdfast.discovery.outlier.OutlierTable}: no I/O, no clock and no thread of its own; whoever makes calls tells it how they ended and what time it is.
 *
 * <p>One table for each service of a node, not for each method: a process is sick, not a method, and together the methods tell it sooner. So that methods of different length can be compared,
 * a latency is told as a multiple of its method's usual one ({@link io.holdfast.discovery.outlier.Pace}). All types are safe for use by many threads.
 *
 * <p>Sources: Envoy, "Outlier detection" and "Slow start mode"; the mean and the deviation are those of the others, because an outlier that counts itself in can hide behind its own
 * deviation (of n values none is more than the root of n - 1 deviations off: Samuelson, JASA 1968).
 */
@NullMarked
package io.holdfast.discovery.outlier;

import org.jspecify.annotations.NullMarked;
