package io.holdfast.consensus.state;

import io.holdfast.core.CodecException;

/**
 * What the machine answers to a command or question: {@code [status u8][revision varlong][payload]}.
 *
 * @param status how it went
 * @param revision the command that was applied, or the last one before the question
 * @param payload the answer in the type's own form; for {@link Status#REFUSED} the words
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Answer(Status status, long revision, byte[] payload) {
    /** How it went. The order is that of the numbers on the wire. */
    public enum Status {
        /** Done. */
        OK,
        /** Refused for a reason that the payload tells; nothing was changed. */
        REFUSED,
        /** The session is not open, or not any more; nothing was changed by this command now. */
        SESSION_GONE,
        /** The session has said that it does not ask for this number any more; nothing was changed by this command now. */
        PASSED,
        /** The session has too many answers that it did not acknowledge; nothing was changed. Asking again later may do. */
        FULL
    }

    private static final Status[] STATUSES = Status.values();

    /**
     * The bytes.
     *
     * @return new bytes
     */
    public byte[] encode() {
        return new ByteWriter(11 + payload.length)
                .u8(status.ordinal())
                .varlong(revision)
                .raw(payload)
                .toBytes();
    }

    /**
     * Reads an answer.
     *
     * @param bytes the bytes
     * @return the answer
     * @throws io.holdfast.core.CodecException if they are none
     */
    public static Answer decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        int status = in.u8();
        if (status >= STATUSES.length) {
            throw new CodecException("an answer's status (" + status + ") must be at most " + (STATUSES.length - 1)
                    + "; the replica that gave it runs a newer build");
        }
        return new Answer(STATUSES[status], in.varlong(), in.rest());
    }

    static Answer ok(long revision, byte[] payload) {
        return new Answer(Status.OK, revision, payload);
    }

    static Answer refused(long revision, String words) {
        return new Answer(Status.REFUSED, revision, new ByteWriter().text(words).toBytes());
    }

    /**
     * The words of a refusal.
     *
     * @return the words
     */
    public String words() {
        return new ByteReader(payload).text(StateLimits.MAX_ANSWER);
    }
}
