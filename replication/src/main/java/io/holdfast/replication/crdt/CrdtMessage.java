package io.holdfast.replication.crdt;

import java.util.List;

/** What replicas say to each other. */
sealed interface CrdtMessage {
    /**
     * Which run of its node the sender is.
     *
     * @return a random number, never 0
     */
    long run();

    /**
     * A part of a transfer.
     *
     * @param run as {@link #run}
     * @param target the run of the receiver that it was made for; 0 for any
     * @param transfer grows from one transfer of a run to its next
     * @param number which part, from 0 on
     * @param content what it carries
     */
    record Part(long run, long target, long transfer, int number, Content content) implements CrdtMessage {}

    /**
     * Parts arrived and are joined.
     *
     * @param run as {@link #run}
     * @param transfer the transfer
     * @param numbers which parts; none only tells the run
     * @param wanted after a part with digests: the objects whose digests differ here
     */
    record Ack(long run, long transfer, List<Integer> numbers, List<ObjectId> wanted) implements CrdtMessage {}

    /** What a part carries. */
    sealed interface Content {}

    /**
     * Digests of the sender's objects.
     *
     * @param digests some of them
     */
    record Digests(List<Digest> digests) implements Content {}

    /**
     * The digest of an object.
     *
     * @param id the object
     * @param value its digest
     */
    record Digest(ObjectId id, long value) {}

    /**
     * States or deltas, one for each of some objects.
     *
     * @param objects as {@link DeltaCodec} writes them
     */
    record Objects(List<byte[]> objects) implements Content {}

    /**
     * A piece of one that is too large for a message. It is joined when all its pieces are there, so that nobody sees a part of a state.
     *
     * @param first the number of the part with the first piece
     * @param count how many pieces there are, in parts that follow each other
     * @param bytes the piece
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Piece(int first, int count, byte[] bytes) implements Content {}
}
