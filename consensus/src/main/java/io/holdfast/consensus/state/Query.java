package io.holdfast.consensus.state;

import io.holdfast.core.CodecException;
import org.jspecify.annotations.Nullable;

/** What a replica is asked: {@code [format u8][kind u8]} and the fields in order. Immutable. */
public sealed interface Query {
    /**
     * A question to a named resource.
     *
     * @param type the resource's type
     * @param name the resource's name
     * @param operation {@code [opcode u8][version u8][payload]}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Ask(int type, String name, byte[] operation) implements Query {
        @Override
        public byte[] encode() {
            return begin(1, operation.length + name.length() + 10)
                    .u8(type)
                    .text(name)
                    .raw(operation)
                    .toBytes();
        }
    }

    /**
     * What happened to a resource; answered by {@link Poll}.
     *
     * @param type the resource's type
     * @param name the resource's name
     * @param start how the cursor is meant
     * @param cursor a revision or the number of an event
     * @param from the first key of interest
     * @param to the key before which interest ends, or null
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Watch(int type, String name, Start start, long cursor, byte[] from, byte @Nullable [] to) implements Query {
        /** How a cursor is meant. */
        public enum Start {
            /** Events of this revision and later. */
            REVISION,
            /** Events with this number and larger. */
            EVENT,
            /** Events from now on. */
            NOW
        }

        @Override
        public byte[] encode() {
            ByteWriter out = begin(2, 64)
                    .u8(type)
                    .text(name)
                    .u8(start.ordinal())
                    .varlong(cursor)
                    .bytes(from)
                    .bool(to != null);
            return (to == null ? out : out.bytes(to)).toBytes();
        }
    }

    /** What the whole state amounts to; answered by {@link Digest}. */
    record Describe() implements Query {
        @Override
        public byte[] encode() {
            return begin(3, 2).toBytes();
        }
    }

    /**
     * What is in the state, for people; answered by an {@link Inspection}.
     *
     * @param type the type whose names are wanted, or 0 for the first of each
     * @param after the name behind which to begin, empty for the first
     * @param afterSession the session behind which to begin, 0 for the first
     * @param limit how many names of a type, and sessions, at most {@link Inspection#MAX_PAGE}
     */
    record Inspect(int type, String after, long afterSession, int limit) implements Query {
        @Override
        public byte[] encode() {
            return begin(4, 32)
                    .u8(type)
                    .text(after)
                    .varlong(afterSession)
                    .varlong(limit)
                    .toBytes();
        }
    }

    /**
     * The bytes.
     *
     * @return new bytes
     */
    byte[] encode();

    private static ByteWriter begin(int kind, int expected) {
        return new ByteWriter(expected).u8(Command.FORMAT).u8(kind);
    }

    /**
     * Reads a question.
     *
     * @param bytes the bytes
     * @return the question
     * @throws CodecException if they are none that this build knows
     */
    static Query decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        int format = in.u8();
        int kind = in.u8();
        if (format != Command.FORMAT || kind < 1 || kind > 4) {
            throw new CodecException("a question of format " + format + " and kind " + kind
                    + " is unknown here; upgrade this node or ask another one");
        }
        Query query = switch (kind) {
            case 1 -> new Ask(in.u8(), in.text(StateLimits.MAX_NAME), in.rest());
            case 2 -> watch(in);
            case 4 ->
                new Inspect(
                        in.u8(),
                        in.text(StateLimits.MAX_NAME),
                        in.varlong(Long.MAX_VALUE),
                        in.varint(Inspection.MAX_PAGE));
            default -> new Describe();
        };
        in.end();
        return query;
    }

    private static Query watch(ByteReader in) {
        int type = in.u8();
        String name = in.text(StateLimits.MAX_NAME);
        Watch.Start start = Watch.Start.values()[in.varint(2)];
        long cursor = in.varlong(Long.MAX_VALUE);
        byte[] from = in.bytes(StateLimits.MAX_KEY + 1);
        return new Watch(type, name, start, cursor, from, in.bool() ? in.bytes(StateLimits.MAX_KEY + 1) : null);
    }
}
