package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.core.cluster.JournalRules;
import java.util.ArrayList;
import java.util.List;

/**
 * Records of a {@link JournalType}, as a question is answered.
 *
 * @param oldest the offset of the oldest record that is kept; {@code end} if there is none
 * @param end the offset of the next record
 * @param next where to read on; 0 if a key has no older record
 * @param records the records
 */
public record JournalPage(long oldest, long end, long next, List<Row> records) {
    /**
     * A record.
     *
     * @param offset its offset
     * @param record what it is
     */
    public record Row(long offset, JournalRecord record) {}

    /**
     * Copies the list.
     *
     * @param oldest as the component
     * @param end as the component
     * @param next as the component
     * @param records as the component
     */
    public JournalPage {
        records = List.copyOf(records);
    }

    void encode(ByteWriter out) {
        out.varlong(oldest).varlong(end).varlong(next).varlong(records.size());
        for (Row row : records) {
            out.varlong(row.offset)
                    .signed(row.record.timeNanos())
                    .bytes(row.record.key())
                    .bytes(row.record.value());
        }
    }

    /**
     * Reads an answer.
     *
     * @param payload the payload
     * @return the page
     * @throws io.holdfast.core.CodecException if it is none
     */
    public static JournalPage decode(byte[] payload) {
        ByteReader in = new ByteReader(payload);
        long oldest = in.varlong();
        long end = in.varlong();
        long next = in.varlong();
        List<Row> rows = new ArrayList<>();
        for (int left = in.varint(JournalRules.MAX_RECORDS); left > 0; left--) {
            long offset = in.varlong();
            long time = in.signed();
            byte[] key = in.bytes(JournalRules.MAX_KEY_BYTES);
            rows.add(new Row(offset, new JournalRecord(time, 0, key, in.bytes(JournalRules.MAX_APPEND_BYTES))));
        }
        in.end();
        return new JournalPage(oldest, end, next, rows);
    }

    /** Collects records until one of the bounds is reached; there is always room for one. */
    static final class Builder {
        private final List<Row> rows = new ArrayList<>();
        private final int maxRecords;
        private final int maxBytes;
        private long bytes;

        Builder(int maxRecords, int maxBytes) {
            this.maxRecords = maxRecords;
            this.maxBytes = maxBytes;
        }

        boolean add(long offset, JournalRecord record) {
            bytes += record.cost();
            boolean fits = rows.isEmpty() || (rows.size() < maxRecords && bytes <= maxBytes);
            if (fits) {
                rows.add(new Row(offset, record));
            }
            return fits;
        }

        List<Row> rows() {
            return rows;
        }
    }
}
