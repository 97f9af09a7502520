package io.holdfast.circuitbreaker;

import io.holdfast.core.call.Criticality;
import org.jspecify.annotations.Nullable;

/**
 * A stage that lets an attempt in or refuses it. Each {@link #enter} that returns is followed by exactly one {@link #leave} or {@link #withdraw}, on any thread. A gate is made for one block of
 * numbers; {@link #changedTo} makes the next, or changes this one. Safe for use by many threads.
 *
 * @param <C> the block of numbers
 */
interface Gate<C> {
    /**
     * Lets an attempt in.
     *
     * @param place names the call, for messages
     * @param criticality how much it matters; the default class unless some gate of the plan {@link #ranks() wants to know}
     * @throws io.holdfast.core.HoldfastException if it refuses; nothing is taken then
     */
    void enter(String place, Criticality criticality);

    /**
     * An attempt that was let in has ended.
     *
     * @param criticality what it was let in with
     * @param ending what that says of the callee
     * @param nanos how long it took; 0 unless some gate of the plan {@link #timed() wants to know}
     * @param error what it ended with, or null
     */
    default void leave(Criticality criticality, Ending ending, long nanos, @Nullable Throwable error) {}

    /**
     * A gate further in refused the attempt, or it was cancelled before it was made: as if it had never come.
     *
     * @param criticality what it was let in with
     * @param nanos how long ago it was let in; 0 unless some gate of the plan {@link #timed() wants to know}
     */
    default void withdraw(Criticality criticality, long nanos) {}

    /** Whether it wants to know how long attempts take; a clock read costs more than most gates. */
    default boolean timed() {
        return false;
    }

    /** Whether it wants to know how much attempts matter; finding the context of a thread costs as much as a cheap gate. */
    default boolean ranks() {
        return false;
    }

    /** The numbers in use. */
    C numbers();

    /** The gate with other numbers in this one's place, with what can be kept of the state. Attempts under way end at the old one. */
    Gate<C> changedTo(C numbers);

    /** Takes its metrics away and stops its timers. */
    void close();

    /** Its numbers and state, for {@link Pipeline#describe()}. */
    String describe();
}
