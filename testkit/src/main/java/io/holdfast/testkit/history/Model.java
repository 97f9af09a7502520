package io.holdfast.testkit.history;

import java.util.List;
import java.util.Optional;

/**
 * What one object does when its operations come one after the other: the sequential specification. Stateless and immutable.
 *
 * @param <S> the states: immutable, with {@code equals} and {@code hashCode} by value
 * @param <I> the inputs, with {@code equals} and {@code hashCode} by value
 * @param <O> the results
 */
public interface Model<S, I, O> {
    /**
     * The state before the first operation.
     *
     * @return the state
     */
    S initial();

    /**
     * Does an acknowledged operation.
     *
     * @param state the state before
     * @param input what was asked
     * @param output what the client was told
     * @return the state after, equal to the state before if the operation changes nothing; empty if the object cannot answer this in that state
     */
    Optional<S> step(S state, I input, O output);

    /**
     * Does an operation whose result nobody saw. Where the effect hangs on what is not known, the state says what is known of it. An effect of nothing need not be told apart:
     * the checker always tries that such an operation never happened.
     *
     * @param state the state before
     * @param input what was asked
     * @return the state after, equal to the state before if the operation changes nothing
     */
    S effect(S state, I input);

    /**
     * Whether an acknowledged operation with this result only looks: it leaves every state as it is in which it is possible. The checker does such an operation as soon as it fits.
     *
     * @param input what was asked
     * @param output what the client was told
     * @return false if it can change a state
     */
    boolean looksOnly(I input, O output);

    /**
     * The same object for a search that knows all operations beforehand: it may refuse at once what a later operation would refute, never more than that.
     *
     * @param operations all operations on the object except those that failed
     * @return the model for this search
     */
    default Model<S, I, O> knowing(List<Operation<I, O>> operations) {
        return this;
    }
}
