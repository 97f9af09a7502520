package io.holdfast.sharding.entity;

import io.holdfast.core.Retry;

/** What came of a call at a node that tried to serve it. */
sealed interface Served {
    /** The answer; what it changed is durable. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answered(byte[] bytes) implements Served {}

    /** Surely not done: this node does not own the entity, or not any more. */
    record Moved() implements Served {}

    /** Surely not done: the row does not know the session, and has forgotten so many. */
    record Introduce(long dropped) implements Served {}

    /** The entity threw; its own changes are taken back. */
    record Failed(String type, String message, Retry retry) implements Served {}

    /** It may have been done, and nobody will ever know more. */
    record Unknown(String message) implements Served {}

    /** See {@link Moved}. */
    Served MOVED = new Moved();
}
