package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.StateLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * Entries of a range, in order.
 *
 * @param rows the entries
 * @param more whether there are further ones behind
 */
public record MapPage(List<Row> rows, boolean more) {
    /** How many entries a page has at most. */
    public static final int MAX_ROWS = 10_000;

    static final int MAX_BYTES = 256 << 10;

    /**
     * An entry.
     *
     * @param key its key
     * @param entry its value
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Row(byte[] key, MapEntry entry) {}

    void encode(ByteWriter out) {
        out.bool(more).varlong(rows.size());
        rows.forEach(row -> out.bytes(row.key).bytes(row.entry.encode()));
    }

    /**
     * Reads a page.
     *
     * @param in where it stands
     * @return the page
     * @throws io.holdfast.core.CodecException if the bytes are none
     */
    public static MapPage decode(ByteReader in) {
        boolean more = in.bool();
        int count = in.varint(MAX_ROWS);
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(new Row(in.bytes(StateLimits.MAX_KEY), MapEntry.decode(in.bytes(StateLimits.MAX_ANSWER))));
        }
        return new MapPage(List.copyOf(rows), more);
    }
}
