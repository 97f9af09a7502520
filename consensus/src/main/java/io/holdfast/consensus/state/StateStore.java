package io.holdfast.consensus.state;

import io.holdfast.consensus.state.StateView.Row;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tables of rows, in plain sorted maps, with an undo list for the running command and a hash that moves along with each change.
 *
 * <p>Changes are made by one thread at a time, which holds {@link #lock()}; a {@link StoreCapture} takes it for each chunk that it reads. Reading without the lock is for the thread
 * that changes, or for one that never runs beside it.
 */
final class StateStore {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long PRIME = 0x9E3779B97F4A7C15L;

    private static final class Table {
        final TreeMap<byte[], byte[]> rows = new TreeMap<>(Arrays::compareUnsigned);
        long bytes;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Undo(long table, byte[] key, byte @Nullable [] old) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Long, Table> tables = new TreeMap<>();
    private final List<Undo> undo = new ArrayList<>();
    private final List<StoreCapture> captures = new ArrayList<>();
    private long bytes;
    private long rows;
    private long hash;

    ReentrantLock lock() {
        return lock;
    }

    byte @Nullable [] get(long table, byte[] key) {
        Table found = tables.get(table);
        return found == null ? null : found.rows.get(key);
    }

    void put(long table, byte[] key, byte[] value) {
        undo.add(new Undo(table, key, set(table, key, value)));
    }

    boolean remove(long table, byte[] key) {
        byte[] old = set(table, key, null);
        if (old != null) {
            undo.add(new Undo(table, key, old));
        }
        return old != null;
    }

    private byte @Nullable [] set(long id, byte[] key, byte @Nullable [] value) {
        Table table = tables.get(id);
        if (table == null) {
            if (value == null) {
                return null;
            }
            table = new Table();
            tables.put(id, table);
        }
        byte[] old = value == null ? table.rows.remove(key) : table.rows.put(key, value);
        if (old == null && value == null) {
            return null;
        }
        for (StoreCapture capture : captures) {
            capture.changing(id, key, old);
        }
        account(table, id, key, old, -1);
        account(table, id, key, value, 1);
        if (table.rows.isEmpty()) {
            tables.remove(id);
        }
        return old;
    }

    private void account(Table table, long id, byte[] key, byte @Nullable [] value, int sign) {
        if (value != null) {
            long size = (long) key.length + value.length;
            table.bytes += sign * size;
            bytes += sign * size;
            rows += sign;
            hash += sign * hash(id, key, value);
        }
    }

    /** What a row adds to the hash of the state. */
    static long hash(long table, byte[] key, byte[] value) {
        return mix(mix(table * PRIME, key), value);
    }

    /** Not cryptographic: it tells replicas apart that have diverged, not forgers. */
    private static long mix(long seed, byte[] data) {
        long mixed = seed ^ data.length * PRIME;
        int at = 0;
        for (; at + 8 <= data.length; at += 8) {
            mixed = stir(mixed ^ (long) LONGS.get(data, at));
        }
        long rest = 0;
        for (; at < data.length; at++) {
            rest = rest << 8 | data[at] & 0xFF;
        }
        return stir(mixed ^ rest);
    }

    private static long stir(long value) {
        long stirred = value * PRIME;
        stirred ^= stirred >>> 29;
        stirred *= 0xD6E8FEB86659FD93L;
        return stirred ^ stirred >>> 32;
    }

    /** The changes since the last {@code keep} or {@code undo} stay. */
    void keep() {
        undo.clear();
    }

    /** The changes since the last {@code keep} or {@code undo} are taken back. */
    void undo() {
        for (int i = undo.size() - 1; i >= 0; i--) {
            Undo change = undo.get(i);
            set(change.table, change.key, change.old);
        }
        undo.clear();
    }

    int size(long table) {
        Table found = tables.get(table);
        return found == null ? 0 : found.rows.size();
    }

    long bytes(long table) {
        Table found = tables.get(table);
        return found == null ? 0 : found.bytes;
    }

    long bytes() {
        return bytes;
    }

    long rows() {
        return rows;
    }

    long hash() {
        return hash;
    }

    @Nullable Row ceiling(long table, byte[] key) {
        Table found = tables.get(table);
        return found == null ? null : row(found.rows.ceilingEntry(key));
    }

    @Nullable Row last(long table) {
        Table found = tables.get(table);
        return found == null ? null : row(found.rows.lastEntry());
    }

    private static @Nullable Row row(Map.@Nullable Entry<byte[], byte[]> entry) {
        return entry == null ? null : new Row(entry.getKey(), entry.getValue());
    }

    void scan(long table, byte[] from, byte @Nullable [] to, Predicate<Row> visitor) {
        Table found = tables.get(table);
        if (found == null || to != null && Arrays.compareUnsigned(from, to) >= 0) {
            return;
        }
        var range = to == null ? found.rows.tailMap(from, true) : found.rows.subMap(from, true, to, false);
        for (Map.Entry<byte[], byte[]> entry : range.entrySet()) {
            if (!visitor.test(new Row(entry.getKey(), entry.getValue()))) {
                return;
            }
        }
    }

    /** The first row behind a place, in whatever table. */
    StoreCapture.@Nullable Placed after(StoreCapture.Place place) {
        Table table = tables.get(place.table());
        Map.Entry<byte[], byte[]> next = table == null ? null : table.rows.higherEntry(place.key());
        if (next != null) {
            return new StoreCapture.Placed(new StoreCapture.Place(place.table(), next.getKey()), next.getValue());
        }
        Map.Entry<Long, Table> following = tables.higherEntry(place.table());
        if (following == null) {
            return null;
        }
        Map.Entry<byte[], byte[]> first = following.getValue().rows.firstEntry();
        return new StoreCapture.Placed(new StoreCapture.Place(following.getKey(), first.getKey()), first.getValue());
    }

    /** Forgets all, also what is captured: those who still read it get an error. */
    void reset() {
        tables.clear();
        undo.clear();
        captures.forEach(StoreCapture::lost);
        captures.clear();
        bytes = 0;
        rows = 0;
        hash = 0;
    }

    /** Under the lock, between commands. */
    StoreCapture capture() {
        StoreCapture capture = new StoreCapture(this);
        captures.add(capture);
        return capture;
    }

    void release(StoreCapture capture) {
        captures.remove(capture);
    }
}
