package io.holdfast.sharding.entity;

import java.time.Duration;

/** A kind of entity that a node can host. Safe for use by many threads. */
public interface EntityType {
    /**
     * What names the kind, in routes and in stored rows, for ever.
     *
     * @return a DNS label
     */
    String name();

    /**
     * How its entities live.
     *
     * @return the traits, always the same
     */
    Traits traits();

    /**
     * Brings an entity to life on this node. Called on a handler thread; it may block.
     *
     * @param key the entity's key
     * @param scope its state and its reminders
     * @return the entity
     */
    Entity create(String key, EntityScope scope);

    /**
     * How entities of a kind live.
     *
     * @param stateVersion the version in which this build writes states
     * @param reentrant whether a call that an entity's own call has caused, directly or by others, may run before that one has ended; if not, it is refused at once
     * @param idle after how long without a call an entity leaves the memory
     */
    record Traits(int stateVersion, boolean reentrant, Duration idle) {}

    /** One entity, alive. It is called by one thread at a time, unless it is re-entrant. */
    interface Entity {
        /**
         * Does a call.
         *
         * @param method what names the method
         * @param arguments its arguments
         * @return the answer
         * @throws Exception any failure that is not an answer: the caller gets it, and changes of the state are taken back
         */
        Reply call(long method, byte[] arguments) throws Exception;

        /**
         * A reminder has come due.
         *
         * @param name the reminder's name
         * @throws Exception any failure: changes of the state are taken back, and the reminder comes again
         */
        void remind(String name) throws Exception;

        /** It leaves the memory of this node: by idleness, by the cap of memory, or since its shard goes. Its state is stored already. */
        default void passivate() {}
    }

    /**
     * An answer.
     *
     * @param bytes the bytes for the caller
     * @param keep whether changes of the state are kept; false for an answer that tells a failure
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Reply(byte[] bytes, boolean keep) {}
}
