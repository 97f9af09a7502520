package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;

/**
 * The value of a key in a map, as it stands in the state and in answers.
 *
 * @param created the revision that made the key
 * @param modified the revision that wrote it last
 * @param version how often it was written since it was made, from 1 on
 * @param expires whether it has a time to live
 * @param owner the session with which it ends, or 0
 * @param value the value
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MapEntry(long created, long modified, long version, boolean expires, long owner, byte[] value) {
    /**
     * The bytes.
     *
     * @return new bytes
     */
    public byte[] encode() {
        return new ByteWriter(value.length + 24)
                .varlong(created)
                .varlong(modified)
                .varlong(version)
                .bool(expires)
                .varlong(owner)
                .raw(value)
                .toBytes();
    }

    /**
     * Reads an entry.
     *
     * @param bytes the bytes
     * @return the entry
     * @throws io.holdfast.core.CodecException if they are none
     */
    public static MapEntry decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        return new MapEntry(in.varlong(), in.varlong(), in.varlong(), in.bool(), in.varlong(), in.rest());
    }

    /** The session with which it ends, or 0, without copying the value. */
    static long owner(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        in.varlong();
        in.varlong();
        in.varlong();
        in.bool();
        return in.varlong();
    }
}
