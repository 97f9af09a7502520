package io.holdfast.consensus.state;

import io.holdfast.core.CodecException;

/** What stands in the log: {@code [format u8][kind u8]} and the fields in order, see docs/adr/0006. Immutable. */
public sealed interface Command {
    /** The newest format of commands and questions that this build knows. */
    int FORMAT = 1;

    /** The shortest time to live of a session. */
    long MIN_TTL_NANOS = 100_000_000L;

    /** The longest time to live of a session. */
    long MAX_TTL_NANOS = 3_600_000_000_000L;

    /**
     * Opens a session. The answer's revision is its id.
     *
     * @param ttlNanos after how long without a command it ends
     * @param owner who opens it, for people
     */
    record Open(long ttlNanos, String owner) implements Command {
        @Override
        public byte[] encode() {
            return begin(1).varlong(ttlNanos).text(owner).toBytes();
        }
    }

    /**
     * A session lives.
     *
     * @param session which
     * @param acked up to which sequence number it does not ask again
     */
    record KeepAlive(long session, long acked) implements Command {
        @Override
        public byte[] encode() {
            return begin(2).varlong(session).varlong(acked).toBytes();
        }
    }

    /**
     * Ends a session. Ending one that is not open does nothing.
     *
     * @param session which
     */
    record Close(long session) implements Command {
        @Override
        public byte[] encode() {
            return begin(3).varlong(session).toBytes();
        }
    }

    /**
     * An operation on a named resource, in a session, applied once however often it is in the log.
     *
     * @param session which
     * @param sequence its number in the session, from 1 on
     * @param acked up to which number the session does not ask again; smaller than the sequence
     * @param type the resource's type
     * @param name the resource's name
     * @param operation {@code [opcode u8][version u8][payload]}
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Operate(long session, long sequence, long acked, int type, String name, byte[] operation)
            implements Command {
        @Override
        public byte[] encode() {
            return begin(4, operation.length + name.length() + 40)
                    .varlong(session)
                    .varlong(sequence)
                    .varlong(acked)
                    .u8(type)
                    .text(name)
                    .raw(operation)
                    .toBytes();
        }
    }

    /**
     * From here on every member supports this feature level. Raising to the present level or below does nothing.
     *
     * @param level the level
     */
    record Raise(int level) implements Command {
        @Override
        public byte[] encode() {
            return begin(5).varlong(level).toBytes();
        }
    }

    /**
     * The bytes.
     *
     * @return new bytes
     */
    byte[] encode();

    private static ByteWriter begin(int kind) {
        return begin(kind, 64);
    }

    private static ByteWriter begin(int kind, int expected) {
        return new ByteWriter(expected).u8(FORMAT).u8(kind);
    }

    /**
     * Reads a command.
     *
     * @param bytes the bytes
     * @return the command
     * @throws CodecException if they are none
     * @throws NeedsUpgradeException if a newer build made them
     */
    static Command decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        int format = in.u8();
        if (format > FORMAT) {
            throw new NeedsUpgradeException("a command has format " + format + ", this build knows up to " + FORMAT);
        }
        if (format == 0) {
            throw new CodecException("a command's format (0) must be at least 1");
        }
        int kind = in.u8();
        Command command = switch (kind) {
            case 1 -> open(in);
            case 2 -> new KeepAlive(in.varlong(Long.MAX_VALUE), in.varlong(Long.MAX_VALUE));
            case 3 -> new Close(in.varlong(Long.MAX_VALUE));
            case 4 -> operate(in);
            case 5 -> new Raise(in.varint(Integer.MAX_VALUE));
            default -> throw unknown(kind);
        };
        in.end();
        return command;
    }

    private static RuntimeException unknown(int kind) {
        return kind == 0
                ? new CodecException("a command's kind (0) must be at least 1")
                : new NeedsUpgradeException("a command has kind " + kind + ", this build knows up to 5");
    }

    private static Command open(ByteReader in) {
        long ttl = in.varlong(MAX_TTL_NANOS);
        if (ttl < MIN_TTL_NANOS) {
            throw new CodecException("a session's time to live (" + ttl + " ns) must be at least " + MIN_TTL_NANOS);
        }
        return new Open(ttl, in.text(StateLimits.MAX_NAME));
    }

    private static Command operate(ByteReader in) {
        long session = in.varlong(Long.MAX_VALUE);
        long sequence = in.varlong(Long.MAX_VALUE);
        long acked = in.varlong(Long.MAX_VALUE);
        if (acked >= sequence) {
            throw new CodecException(
                    "a command's acknowledged number (" + acked + ") must be smaller than its own (" + sequence + ")");
        }
        return new Operate(session, sequence, acked, in.u8(), in.text(StateLimits.MAX_NAME), in.rest());
    }
}
