package io.holdfast.consensus.state;

/**
 * What a replica's whole state amounts to. Two replicas that have applied the same have the same hash.
 *
 * @param hash a sum over all rows, in no order
 * @param rows how many rows there are
 * @param bytes how many bytes of keys and values
 * @param resources how many names
 * @param sessions how many sessions are open
 * @param level the feature level
 */
public record Digest(long hash, long rows, long bytes, int resources, int sessions, int level) {
    static Digest of(StateStore store) {
        return new Digest(
                store.hash(),
                store.rows(),
                store.bytes(),
                store.size(Tables.NAMES),
                store.size(Tables.SESSIONS),
                Marks.level(store));
    }

    byte[] encode() {
        return new ByteWriter(48)
                .fixed64(hash)
                .varlong(rows)
                .varlong(bytes)
                .varlong(resources)
                .varlong(sessions)
                .varlong(level)
                .toBytes();
    }

    /**
     * Reads a digest.
     *
     * @param bytes the payload of the answer
     * @return the digest
     * @throws io.holdfast.core.CodecException if it is none
     */
    public static Digest decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        Digest digest = new Digest(
                in.fixed64(),
                in.varlong(),
                in.varlong(),
                in.varint(Integer.MAX_VALUE),
                in.varint(Integer.MAX_VALUE),
                in.varint(Integer.MAX_VALUE));
        in.end();
        return digest;
    }
}
