package io.holdfast.sharding.entity;

import io.holdfast.core.Retry;

/** What came of a call at a node that tried to serve it. */
sealed interface Served {
    /** What ends a call: its caller asks no more, so an entity may have to remember it. */
    sealed interface Outcome extends Served {
        /** About how many bytes it takes to remember it. */
        int size();
    }

    /** The answer; what it changed is durable. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answered(byte[] bytes) implements Outcome {
        @Override
        public int size() {
            return bytes.length;
        }
    }

    /** Surely not done: this node does not own the entity, or not any more. */
    record Moved() implements Served {}

    /** Surely not done: the row does not know the session, and has forgotten so many. */
    record Introduce(long dropped) implements Served {}

    /** The entity threw; its own changes are taken back. */
    record Failed(String type, String message, Retry retry) implements Outcome {
        @Override
        public int size() {
            return type.length() + message.length();
        }
    }

    /** It may have been done, and nobody will ever know more. */
    record Unknown(String message) implements Served {}

    /** See {@link Moved}. */
    Served MOVED = new Moved();
}
