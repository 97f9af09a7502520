package io.holdfast.consensus.state;

import io.holdfast.consensus.state.StateView.Row;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What is due when, in the order (deadline, table, key). One deadline for each table and key. */
final class Deadlines {
    /** A deadline that has come. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Due(long table, byte[] key) {}

    private final StateStore store;

    Deadlines(StateStore store) {
        this.store = store;
    }

    void set(long table, byte[] key, long at) {
        clear(table, key);
        store.put(Tables.QUEUE, queued(at, table, key), Tables.NOTHING);
        store.put(Tables.DEADLINES, Tables.key(table, key), Tables.key(at));
    }

    void clear(long table, byte[] key) {
        byte[] place = Tables.key(table, key);
        byte[] at = store.get(Tables.DEADLINES, place);
        if (at != null) {
            store.remove(Tables.DEADLINES, place);
            store.remove(Tables.QUEUE, queued(new ByteReader(at).fixed64(), table, key));
        }
    }

    OptionalLong at(long table, byte[] key) {
        byte[] at = store.get(Tables.DEADLINES, Tables.key(table, key));
        return at == null ? OptionalLong.empty() : OptionalLong.of(new ByteReader(at).fixed64());
    }

    /** Clears all of a table: it is gone. */
    void clearAll(long table) {
        byte[] from = Tables.key(table);
        Row row = store.ceiling(Tables.DEADLINES, from);
        while (row != null && new ByteReader(row.key()).fixed64() == table) {
            ByteReader key = new ByteReader(row.key());
            key.fixed64();
            clear(table, key.rest());
            row = store.ceiling(Tables.DEADLINES, from);
        }
    }

    long next() {
        Row first = store.ceiling(Tables.QUEUE, Tables.NOTHING);
        return first == null ? Long.MAX_VALUE : instant(new ByteReader(first.key()));
    }

    /** Takes the first that is due at a time, or null. */
    @Nullable Due poll(long now) {
        Row first = store.ceiling(Tables.QUEUE, Tables.NOTHING);
        if (first == null) {
            return null;
        }
        ByteReader key = new ByteReader(first.key());
        if (instant(key) > now) {
            return null;
        }
        Due due = new Due(key.fixed64(), key.rest());
        clear(due.table, due.key);
        return due;
    }

    /** With the sign turned, so that bytes sort as the numbers do. */
    private static byte[] queued(long at, long table, byte[] key) {
        return new ByteWriter(16 + key.length)
                .fixed64(at ^ Long.MIN_VALUE)
                .fixed64(table)
                .raw(key)
                .toBytes();
    }

    private static long instant(ByteReader key) {
        return key.fixed64() ^ Long.MIN_VALUE;
    }
}
