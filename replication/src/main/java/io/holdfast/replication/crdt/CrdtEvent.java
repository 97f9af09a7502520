package io.holdfast.replication.crdt;

/** What {@link CrdtNode} tells its own side. */
sealed interface CrdtEvent {
    /**
     * All of a turn is on disk, or this would not be published. To be handed back to {@link CrdtNode#confirm} at once.
     *
     * @param save its number
     */
    record Saved(long save) implements CrdtEvent {}

    /**
     * What was awaited has come true.
     *
     * @param ticket of {@link CrdtRequest.Await}
     */
    record Reached(long ticket) implements CrdtEvent {}

    /** Peers told something that was not known; {@link Replica#takeChanged} says of which objects. */
    record Merged() implements CrdtEvent {}

    /** This disk went back in time: a peer knows later dots of this store than the store itself. It goes on as another store. */
    record WentBack() implements CrdtEvent {}
}
