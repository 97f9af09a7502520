/**
 * Aggregates whose state is the sum of their events, and what is made of those events elsewhere. Start at {@link io.holdfast.replication.aggregate.EventSourced}. All types are safe for use by many threads unless
 * they say otherwise.
 */
@NullMarked
package io.holdfast.replication.aggregate;

import org.jspecify.annotations.NullMarked;
