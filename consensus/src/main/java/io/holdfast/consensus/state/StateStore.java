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
 * Tables of rows, in plain maps, with an undo list for the running command and a hash that moves along with each change.
 *
 * <p>For one thread at a time, which holds {@link #lock()}, also to read; a {@link StoreCapture} takes it for each chunk that it reads.
 */
final class StateStore {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long PRIME = 0x9E3779B97F4A7C15L;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Undo(long table, byte[] key, byte @Nullable [] old) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<Long, StateTable> tables = new TreeMap<>();
    /** The machine's own tables once more, by their numbers. */
    private final @Nullable StateTable[] reserved = new @Nullable StateTable[(int) Tables.LAST_RESERVED + 1];
    /** The resource that was asked for last: a command asks several times. */
    private long lastId = -1;

    private @Nullable StateTable last;
    private final List<Undo> undo = new ArrayList<>();
    private final List<StoreCapture> captures = new ArrayList<>();
    private long bytes;
    private long rows;
    private long hash;

    ReentrantLock lock() {
        return lock;
    }

    private @Nullable StateTable table(long id) {
        if (id >= 0 && id < reserved.length) {
            return reserved[(int) id];
        }
        if (id != lastId) {
            last = tables.get(id);
            lastId = id;
        }
        return last;
    }

    byte @Nullable [] get(long table, byte[] key) {
        StateTable found = table(table);
        StateTable.Cell cell = found == null ? null : found.find(key);
        return cell == null ? null : cell.value;
    }

    void put(long table, byte[] key, byte[] value) {
        undo.add(new Undo(table, key, set(table, key, value)));
    }

    boolean remove(long table, byte[] key) {
        byte[] old = clear(table, key);
        if (old != null) {
            undo.add(new Undo(table, key, old));
        }
        return old != null;
    }

    private byte @Nullable [] set(long id, byte[] key, byte[] value) {
        StateTable table = table(id);
        if (table == null) {
            table = new StateTable();
            put(id, table);
        }
        StateTable.Cell cell = table.find(key);
        byte[] old = cell == null ? null : cell.value;
        changing(id, key, old);
        long added = hash(id, key, value);
        hash += added;
        if (cell == null) {
            table.add(key, value, added);
            bytes += (long) key.length + value.length;
            rows++;
        } else {
            hash -= cell.hash;
            bytes += value.length - cell.value.length;
            table.change(cell, value, added);
        }
        return old;
    }

    private byte @Nullable [] clear(long id, byte[] key) {
        StateTable table = table(id);
        StateTable.Cell cell = table == null ? null : table.find(key);
        if (table == null || cell == null) {
            return null;
        }
        byte[] old = cell.value;
        changing(id, key, old);
        hash -= cell.hash;
        bytes -= (long) key.length + old.length;
        rows--;
        table.remove(cell);
        if (table.count() == 0) {
            put(id, null);
        }
        return old;
    }

    private void put(long id, @Nullable StateTable table) {
        if (table == null) {
            tables.remove(id);
        } else {
            tables.put(id, table);
        }
        if (id >= 0 && id < reserved.length) {
            reserved[(int) id] = table;
        } else if (id == lastId) {
            last = table;
        }
    }

    private void changing(long id, byte[] key, byte @Nullable [] old) {
        for (int i = 0; i < captures.size(); i++) {
            captures.get(i).changing(id, key, old);
        }
    }

    /** What a row adds to the hash of the state. */
    static long hash(long table, byte[] key, byte[] value) {
        return mix(mix(table * PRIME, key), value);
    }

    /** Not cryptographic: it tells replicas apart that have diverged, not forgers. */
    static long mix(long seed, byte[] data) {
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
            if (change.old == null) {
                clear(change.table, change.key);
            } else {
                set(change.table, change.key, change.old);
            }
        }
        undo.clear();
    }

    int size(long table) {
        StateTable found = table(table);
        return found == null ? 0 : found.count();
    }

    long bytes(long table) {
        StateTable found = table(table);
        return found == null ? 0 : found.bytes();
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
        StateTable found = table(table);
        return found == null ? null : row(found.rows().ceilingEntry(key));
    }

    @Nullable Row last(long table) {
        StateTable found = table(table);
        return found == null ? null : row(found.rows().lastEntry());
    }

    private static @Nullable Row row(Map.@Nullable Entry<byte[], StateTable.Cell> entry) {
        return entry == null ? null : new Row(entry.getKey(), entry.getValue().value);
    }

    void scan(long table, byte[] from, byte @Nullable [] to, Predicate<Row> visitor) {
        StateTable found = table(table);
        if (found == null || to != null && Arrays.compareUnsigned(from, to) >= 0) {
            return;
        }
        var range = to == null ? found.rows().tailMap(from, true) : found.rows().subMap(from, true, to, false);
        for (StateTable.Cell cell : range.values()) {
            if (!visitor.test(new Row(cell.key, cell.value))) {
                return;
            }
        }
    }

    /** The first row behind a place, in whatever table. */
    StoreCapture.@Nullable Placed after(StoreCapture.Place place) {
        StateTable table = table(place.table());
        Map.Entry<byte[], StateTable.Cell> next =
                table == null ? null : table.rows().higherEntry(place.key());
        if (next != null) {
            return placed(place.table(), next);
        }
        Map.Entry<Long, StateTable> following = tables.higherEntry(place.table());
        return following == null
                ? null
                : placed(following.getKey(), following.getValue().rows().firstEntry());
    }

    private static StoreCapture.Placed placed(long table, Map.Entry<byte[], StateTable.Cell> row) {
        return new StoreCapture.Placed(new StoreCapture.Place(table, row.getKey()), row.getValue().value);
    }

    /** Forgets all, also what is captured: those who still read it get an error. */
    void reset() {
        tables.clear();
        Arrays.fill(reserved, null);
        lastId = -1;
        last = null;
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
