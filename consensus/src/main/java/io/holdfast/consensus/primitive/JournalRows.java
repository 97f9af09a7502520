package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateView;
import io.holdfast.consensus.state.StateView.Row;
import io.holdfast.core.cluster.JournalSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a journal lies in rows: {@code 1 -> next offset, records, bytes}, for ever; {@code 2, offset -> record}; {@code 3, key -> offset of its last record}; {@code 4, fence -> epoch, 8 bytes};
 * {@code 5, consumer -> epoch, next, owner}; {@code 6 -> settings}; {@code 7 -> how many fences, how many consumers}. Records of one key are a chain from the newest to the oldest.
 */
final class JournalRows {
    static final int RECORD = 2;
    static final int LAST = 3;
    static final int FENCE = 4;
    static final int CONSUMER = 5;

    static final byte[] META = {1};
    private static final byte[] SETTINGS = {6};
    private static final byte[] COUNTS = {7};

    /** How long after a pass the next one comes at the earliest, so that each of many records that grow old one after the other is not a pass of its own. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** What is in the first row. */
    record Meta(long next, long records, long bytes) {}

    /** How many rows there are of kinds that have a bound. */
    record Counts(int fences, int consumers) {}

    private JournalRows() {}

    static byte[] key(int kind, byte[] name) {
        return new ByteWriter(name.length + 1).u8(kind).raw(name).toBytes();
    }

    static byte[] record(long offset) {
        return new ByteWriter(9).u8(RECORD).fixed64(offset).toBytes();
    }

    static long offset(byte[] recordKey) {
        ByteReader in = new ByteReader(recordKey);
        in.u8();
        return in.fixed64();
    }

    static Meta meta(StateView state) {
        byte[] row = state.get(META);
        if (row == null) {
            return new Meta(1, 0, 0);
        }
        ByteReader in = new ByteReader(row);
        return new Meta(in.varlong(), in.varlong(), in.varlong());
    }

    static void put(StateContext state, Meta meta) {
        state.put(
                META,
                new ByteWriter(24)
                        .varlong(meta.next)
                        .varlong(meta.records)
                        .varlong(meta.bytes)
                        .toBytes());
    }

    static JournalSettings settings(StateView state) {
        byte[] row = state.get(SETTINGS);
        return row == null ? JournalSettings.keepAll() : JournalStatus.settings(new ByteReader(row));
    }

    static void put(StateContext state, JournalSettings settings) {
        ByteWriter out = new ByteWriter(32);
        JournalStatus.encode(settings, out);
        state.put(SETTINGS, out.toBytes());
    }

    static Counts counts(StateView state) {
        byte[] row = state.get(COUNTS);
        if (row == null) {
            return new Counts(0, 0);
        }
        ByteReader in = new ByteReader(row);
        return new Counts(in.varint(Integer.MAX_VALUE), in.varint(Integer.MAX_VALUE));
    }

    static void put(StateContext state, Counts counts) {
        state.put(
                COUNTS,
                new ByteWriter(8)
                        .varlong(counts.fences)
                        .varlong(counts.consumers)
                        .toBytes());
    }

    static @Nullable JournalRecord find(StateView state, long offset) {
        byte[] row = state.get(record(offset));
        return row == null ? null : JournalRecord.decode(row);
    }

    static long number(StateView state, byte[] key) {
        byte[] row = state.get(key);
        return row == null ? 0 : new ByteReader(row).fixed64();
    }

    static byte[] number(long value) {
        return new ByteWriter(8).fixed64(value).toBytes();
    }

    /** The oldest record's row, or null. */
    static @Nullable Row oldest(StateView state) {
        Row row = state.ceiling(record(0));
        return row == null || row.key()[0] != RECORD ? null : row;
    }

    static long oldestOffset(StateView state, Meta meta) {
        Row row = oldest(state);
        return row == null ? meta.next : offset(row.key());
    }

    /** Puts a record at the end of its key's chain. */
    static Meta add(StateContext state, Meta meta, JournalRecord record) {
        long offset = meta.next;
        state.put(record(offset), record.encode());
        if (record.key().length > 0) {
            state.put(key(LAST, record.key()), number(offset));
        }
        return new Meta(offset + 1, meta.records + 1, meta.bytes + record.cost());
    }

    static Meta remove(StateContext state, Meta meta, long offset, JournalRecord record) {
        byte[] key = record(offset);
        state.remove(key);
        if (record.isTombstone()) {
            state.clearDeadline(key);
        }
        if (record.key().length > 0) {
            byte[] last = key(LAST, record.key());
            if (number(state, last) == offset) {
                state.remove(last);
            }
        }
        return new Meta(meta.next, meta.records - 1, meta.bytes - record.cost());
    }

    /** When to look for old records next. */
    static void ageLater(StateContext state, JournalSettings settings) {
        Row oldest = settings.maxAge().isZero() ? null : oldest(state);
        if (oldest != null) {
            long due = JournalRecord.decode(oldest.value()).timeNanos()
                    + settings.maxAge().toNanos();
            state.setDeadline(META, Math.max(due, state.logNanos() + PAUSE.toNanos()));
        }
    }

    /** What was in the backup stays where it is, and what comes has larger offsets than anything that was lost: who reads on from there misses nothing new. */
    static void jump(StateContext state, long jump) {
        Meta meta = meta(state);
        put(state, new Meta(Math.addExact(meta.next, jump), meta.records, meta.bytes));
    }

    static JournalStatus status(StateView state) {
        Meta meta = meta(state);
        return new JournalStatus(oldestOffset(state, meta), meta.next, meta.records, meta.bytes, settings(state));
    }

    static JournalPage page(StateView state, long next, List<JournalPage.Row> rows) {
        Meta meta = meta(state);
        return new JournalPage(oldestOffset(state, meta), meta.next, next, rows);
    }
}
