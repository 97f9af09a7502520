package io.holdfast.replication.aggregate;

import java.util.List;

/**
 * What an aggregate is: three functions without side effects, that are called as often as needed. They must not block, and depend on nothing but their arguments.
 *
 * @param <S> its state, immutable
 * @param <C> what it can be told to do
 * @param <E> what can happen to it
 */
public interface Aggregate<S, C, E> {
    /**
     * The state before anything has happened.
     *
     * @return the state
     */
    S initial();

    /**
     * Decides what happens. Called again with a newer state when somebody else was faster.
     *
     * @param state the state
     * @param command what is wanted
     * @return what happens, in order, at most 999 events; nothing if all is as it was wanted. An exception refuses the command: nothing happens, and the caller is given the exception
     */
    List<E> decide(S state, C command);

    /**
     * What an event makes of a state. It must bear every event that was ever stored: what happened has happened.
     *
     * @param state the state before
     * @param event what has happened
     * @return the state after
     */
    S evolve(S state, E event);
}
