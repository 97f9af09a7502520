package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.Command;
import io.holdfast.consensus.state.StateLimits;
import org.jspecify.annotations.Nullable;

/**
 * What is done to a key.
 *
 * @param kind what
 * @param key the key
 * @param value the new value for {@link Kind#PUT}, otherwise empty
 * @param ttlNanos after how long it is removed, 0 for never
 * @param ephemeral whether it is removed with the session that writes it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MapChange(Kind kind, byte[] key, byte[] value, long ttlNanos, boolean ephemeral) {
    /** What is done. The order is that of the numbers on the wire. */
    public enum Kind {
        /** The value is set. */
        PUT,
        /** The key is removed. */
        REMOVE,
        /** The entry is read. */
        READ
    }

    private static final Kind[] KINDS = Kind.values();

    /**
     * Sets a value.
     *
     * @param key the key
     * @param value the value
     * @return the change
     */
    public static MapChange put(byte[] key, byte[] value) {
        return new MapChange(Kind.PUT, key, value, 0, false);
    }

    /**
     * Removes a key.
     *
     * @param key the key
     * @return the change
     */
    public static MapChange remove(byte[] key) {
        return new MapChange(Kind.REMOVE, key, new byte[0], 0, false);
    }

    /**
     * Reads an entry.
     *
     * @param key the key
     * @return the change, which changes nothing
     */
    public static MapChange read(byte[] key) {
        return new MapChange(Kind.READ, key, new byte[0], 0, false);
    }

    void encode(ByteWriter out) {
        out.u8(kind.ordinal()).bytes(key);
        if (kind == Kind.PUT) {
            out.bytes(value).varlong(ttlNanos).bool(ephemeral);
        }
    }

    static MapChange decode(ByteReader in) {
        Kind kind = KINDS[in.varint(KINDS.length - 1)];
        byte[] key = in.bytes(StateLimits.MAX_KEY);
        return kind == Kind.PUT
                ? new MapChange(
                        kind,
                        key,
                        in.bytes(StateLimits.MAX_ANSWER),
                        in.varlong(Command.MAX_TTL_NANOS * 24 * 366 * 10),
                        in.bool())
                : new MapChange(kind, key, new byte[0], 0, false);
    }

    /**
     * What came of a change.
     *
     * @param applied whether it was made
     * @param version the key's version after a put, otherwise 0
     * @param existing for a put whose condition did not hold, what stands there; for a removal, what was removed; for a read, what is there; otherwise null
     */
    public record Outcome(
            boolean applied, long version, @Nullable MapEntry existing) {
        void encode(ByteWriter out) {
            out.bool(applied).varlong(version).bool(existing != null);
            if (existing != null) {
                out.bytes(existing.encode());
            }
        }

        /**
         * Reads an outcome.
         *
         * @param in where it stands
         * @return the outcome
         * @throws io.holdfast.core.CodecException if the bytes are none
         */
        public static Outcome decode(ByteReader in) {
            return new Outcome(
                    in.bool(), in.varlong(), in.bool() ? MapEntry.decode(in.bytes(StateLimits.MAX_ANSWER)) : null);
        }
    }
}
