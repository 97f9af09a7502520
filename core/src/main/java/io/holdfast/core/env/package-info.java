/**
 * The sources of non-determinism: clocks, timers, random numbers, threads and durable cells. {@link io.holdfast.core.env.Environment#system()} alone touches
 * the real ones; a simulation replaces them all.
 *
 * <p>All types are safe for use by many threads.
 */
@NullMarked
package io.holdfast.core.env;

import org.jspecify.annotations.NullMarked;
