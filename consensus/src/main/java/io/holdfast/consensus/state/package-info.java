/**
 * The deterministic state of a group: named primitives, sessions and the window in which a repeated command is answered instead of applied again.
 * Start at {@link io.holdfast.consensus.state.PrimitiveMachine}; a primitive is a {@link io.holdfast.consensus.state.PrimitiveType}.
 *
 * <p>Nothing here reads a clock, draws a random number or iterates in an order that is not the same on every replica. Classes belong to one thread at a time unless they say otherwise.
 */
@NullMarked
package io.holdfast.consensus.state;

import org.jspecify.annotations.NullMarked;
