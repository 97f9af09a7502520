package io.holdfast.consensus.state;

import java.util.ArrayList;
import java.util.List;

/**
 * The answer to {@link Query.Inspect}: a page of what a replica knows, for people. It is as old as the replica.
 *
 * @param digest what the whole state amounts to
 * @param sessions open sessions by id
 * @param moreSessions whether there are further ones
 * @param kinds the names that are in use, by type
 */
public record Inspection(Digest digest, List<Resident> sessions, boolean moreSessions, List<Kind> kinds) {
    /** So many sessions, and names of a type, are on a page at most. */
    public static final int MAX_PAGE = 100;

    /** A page ends after so many bytes. */
    static final int MAX_BYTES = 512 << 10;

    static final int MAX_OUTLINE = 64 << 10;

    /**
     * Copies the lists.
     *
     * @param digest as the component
     * @param sessions as the component
     * @param moreSessions as the component
     * @param kinds as the component
     */
    public Inspection {
        sessions = List.copyOf(sessions);
        kinds = List.copyOf(kinds);
    }

    /**
     * A session.
     *
     * @param id its id
     * @param owner the node that opened it
     * @param ttlNanos after how long without a sign of life it ends
     * @param quietNanos how long ago it was heard of, in the group's time
     * @param holding how many names it holds something of
     */
    public record Resident(long id, String owner, long ttlNanos, long quietNanos, int holding) {}

    /**
     * The names of a type.
     *
     * @param type the type's id
     * @param name the type's name
     * @param more whether there are further names
     * @param used the names in order
     */
    public record Kind(int type, String name, boolean more, List<Used> used) {
        /**
         * Copies the list.
         *
         * @param type as the component
         * @param name as the component
         * @param more as the component
         * @param used as the component
         */
        public Kind {
            used = List.copyOf(used);
        }
    }

    /**
     * A name in use.
     *
     * @param name the name
     * @param rows how many rows it has: the entries of a map, the items of a queue, the messages of a topic and one
     * @param bytes how many bytes of keys and values
     * @param outline what its type says of it, see {@link PrimitiveType#outline}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Used(String name, int rows, long bytes, byte[] outline) {}

    byte[] encode() {
        ByteWriter out = new ByteWriter(1024).bytes(digest.encode()).varlong(sessions.size());
        for (Resident session : sessions) {
            out.varlong(session.id)
                    .text(session.owner)
                    .varlong(session.ttlNanos)
                    .varlong(session.quietNanos)
                    .varlong(session.holding);
        }
        out.bool(moreSessions).varlong(kinds.size());
        for (Kind kind : kinds) {
            out.u8(kind.type).text(kind.name).bool(kind.more).varlong(kind.used.size());
            for (Used used : kind.used) {
                out.text(used.name).varlong(used.rows).varlong(used.bytes).bytes(used.outline);
            }
        }
        return out.toBytes();
    }

    /**
     * Reads an answer.
     *
     * @param bytes the payload of the answer
     * @return the answer
     * @throws io.holdfast.core.CodecException if it is none
     */
    public static Inspection decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        Digest digest = Digest.decode(in.bytes(256));
        List<Resident> sessions = new ArrayList<>();
        for (int left = in.varint(MAX_PAGE); left > 0; left--) {
            sessions.add(new Resident(
                    in.varlong(),
                    in.text(StateLimits.MAX_NAME),
                    in.varlong(),
                    in.varlong(),
                    in.varint(Integer.MAX_VALUE)));
        }
        boolean moreSessions = in.bool();
        List<Kind> kinds = new ArrayList<>();
        for (int left = in.varint(256); left > 0; left--) {
            kinds.add(kind(in));
        }
        in.end();
        return new Inspection(digest, sessions, moreSessions, kinds);
    }

    private static Kind kind(ByteReader in) {
        int type = in.u8();
        String name = in.text(StateLimits.MAX_NAME);
        boolean more = in.bool();
        List<Used> used = new ArrayList<>();
        for (int left = in.varint(MAX_PAGE); left > 0; left--) {
            used.add(new Used(
                    in.text(StateLimits.MAX_NAME), in.varint(Integer.MAX_VALUE), in.varlong(), in.bytes(MAX_OUTLINE)));
        }
        return new Kind(type, name, more, used);
    }
}
