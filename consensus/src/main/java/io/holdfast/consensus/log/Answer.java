package io.holdfast.consensus.log;

import io.holdfast.core.CodecException;
import io.holdfast.core.Epoch;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Leadership.Term;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * What a node answers to another about a group, always with the leader that it knows.
 *
 * <pre>
 * version u8 = 1, status u8, term varlong, leader length varint, leader UTF-8, body
 * </pre>
 *
 * @param status how it went
 * @param term the leader that the answering node knows
 * @param body by status: results or an index if done, otherwise a text that says why
 */
record Answer(Status status, Term term, ByteBuffer body) {
    private static final byte VERSION = 1;
    private static final Status[] STATUSES = Status.values();

    /** How it went. */
    enum Status {
        /** It is done. */
        DONE,
        /** Surely nothing was done; another node or another moment may serve. */
        NOT_APPLIED,
        /** Surely nothing was done; too much waits. */
        OVERLOADED,
        /** It may be done, now or later. */
        UNKNOWN
    }

    static Answer done(Term term, ByteBuffer body) {
        return new Answer(Status.DONE, term, body);
    }

    static Answer refused(Status status, Term term, String why) {
        return new Answer(status, term, ByteBuffer.wrap(why.getBytes(StandardCharsets.UTF_8)));
    }

    static Throwable causeOf(Throwable error) {
        return error instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause() : error;
    }

    /** What a failed request to a node, or a failed append, means for who asked. */
    static Answer failed(Term term, Throwable error) {
        Throwable cause = causeOf(error);
        Status status = Status.UNKNOWN;
        if (cause instanceof NotAppliedException
                || cause instanceof UnavailableException
                || cause instanceof io.holdfast.core.ClusterMismatchException) {
            status = Status.NOT_APPLIED;
        } else if (cause instanceof OverloadedException) {
            status = Status.OVERLOADED;
        }
        String message = cause instanceof HoldfastException ? String.valueOf(cause.getMessage()) : cause.toString();
        return refused(status, term, message);
    }

    static Answer decode(byte[] payload) {
        ByteBuffer in = ByteBuffer.wrap(payload);
        if (payload.length < 2 || in.get() != VERSION) {
            throw new CodecException(
                    "an answer must begin with version " + VERSION + "; run nodes of versions that match");
        }
        int status = in.get();
        if (status < 0 || status >= STATUSES.length) {
            throw new CodecException("an answer's status (" + status + ") must be 0 to " + (STATUSES.length - 1));
        }
        long epoch = Varints.get(in);
        byte[] leader = new byte[Varints.length(in)];
        in.get(leader);
        return new Answer(STATUSES[status], new Term(node(leader), new Epoch(epoch)), in.slice());
    }

    private static Optional<NodeId> node(byte[] name) {
        try {
            return name.length == 0
                    ? Optional.empty()
                    : Optional.of(NodeId.of(new String(name, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw new CodecException("an answer names a leader that is no node id: " + e.getMessage(), e);
        }
    }

    byte[] encode() {
        byte[] leader = term.leader().map(NodeId::value).orElse("").getBytes(StandardCharsets.UTF_8);
        long epoch = term.epoch().value();
        ByteBuffer out = ByteBuffer.allocate(
                2 + Varints.size(epoch) + Varints.size(leader.length) + leader.length + body.remaining());
        out.put(VERSION).put((byte) status.ordinal());
        Varints.put(out, epoch);
        Varints.put(out, leader.length);
        return out.put(leader).put(body.duplicate()).array();
    }

    String text() {
        return StandardCharsets.UTF_8.decode(body.duplicate()).toString();
    }
}
