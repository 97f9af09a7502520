/**
 * Makes things go wrong on purpose while a node runs, within bounds, and stops by itself. Start at {@link io.holdfast.circuitbreaker.chaos.Chaos}. All types are safe for use by many threads.
 */
@NullMarked
package io.holdfast.circuitbreaker.chaos;

import org.jspecify.annotations.NullMarked;
