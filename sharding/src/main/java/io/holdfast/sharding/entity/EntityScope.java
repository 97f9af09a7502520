package io.holdfast.sharding.entity;

import java.time.Duration;
import java.util.Optional;

/** What an entity has: a state that outlives it, and reminders. For use by the thread of its call, during the call; what it changes is committed as one when the call has ended, before anybody gets an answer. */
public interface EntityScope {
    /**
     * A state as it is stored.
     *
     * @param version the {@link EntityType.Traits#stateVersion} that wrote it
     * @param bytes its bytes; not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Stored(int version, byte[] bytes) {}

    /**
     * The state, with the changes of the present call.
     *
     * @return the state, or empty if there is none
     */
    Optional<Stored> state();

    /**
     * Replaces the state, at the end of the present call.
     *
     * @param bytes the new state, written by this build, at most 256 KiB; empty removes it
     * @throws IllegalStateException outside a call, and in one that is over
     * @throws IllegalArgumentException if it is larger
     */
    void state(Optional<byte[]> bytes);

    /**
     * Asks to be called at a later time, wherever the entity lives then, even if no call comes meanwhile and all nodes start anew. Once, in place of an earlier reminder of that name; at least once, if an owner
     * dies while it runs.
     *
     * @param name 1 to 64 characters
     * @param delay how long from now
     * @throws IllegalStateException outside a call
     */
    void remind(String name, Duration delay);

    /**
     * Takes a reminder back. Nothing happens if there is none.
     *
     * @param name its name
     * @throws IllegalStateException outside a call
     */
    void forget(String name);
}
