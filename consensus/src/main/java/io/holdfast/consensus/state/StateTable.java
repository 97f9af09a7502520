package io.holdfast.consensus.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one table: in a hash index for those who know the key, which is what nearly every command does, and in the order of their keys for those who walk. Whoever reads sees the order only, never
 * the index. A change of a value touches neither of them, and a new row finds its place in the order only when somebody asks for the order, or when many are new: an answer that a session asks for once is
 * gone before that.
 *
 * <p>Even reading changes it: for one thread at a time.
 */
final class StateTable {
    private static final int SMALLEST = 8;

    /** So far is looked in a chain; behind that the order knows. Keys come from outside, and may be made to meet in one chain. */
    private static final int LONGEST_LOOK = 16;

    /** So many new rows at most find their place in the order at once, so that who asks for it does not wait for long. */
    private static final int MOST_NEW = 4096;

    /** A row; its key stays. */
    static final class Cell {
        final byte[] key;
        byte[] value;
        /** What it adds to the hash of the state. */
        long hash;

        private final int place;
        private @Nullable Cell next;
        private boolean ordered;
        private boolean removed;

        private Cell(byte[] key, byte[] value, long hash, int place, @Nullable Cell next) {
            this.key = key;
            this.value = value;
            this.hash = hash;
            this.place = place;
            this.next = next;
        }
    }

    private final TreeMap<byte[], Cell> ordered = new TreeMap<>(Arrays::compareUnsigned);
    /** Not in the order yet; some of them may be removed by now, but no more than there are rows. */
    private final List<Cell> fresh = new ArrayList<>();

    private @Nullable Cell[] chains = new @Nullable Cell[SMALLEST];
    private int count;
    private long bytes;

    @Nullable Cell find(byte[] key) {
        int place = place(key);
        Cell cell = chains[place & (chains.length - 1)];
        for (int looked = 0; cell != null; looked++) {
            if (looked == LONGEST_LOOK) {
                return rows().get(key);
            }
            if (cell.place == place && Arrays.equals(cell.key, key)) {
                return cell;
            }
            cell = cell.next;
        }
        return null;
    }

    /** Adds a row that is not there. */
    void add(byte[] key, byte[] value, long hash) {
        if (count == chains.length) {
            grow();
        }
        int place = place(key);
        int chain = place & (chains.length - 1);
        Cell cell = new Cell(key, value, hash, place, chains[chain]);
        chains[chain] = cell;
        count++;
        bytes += size(cell);
        fresh.add(cell);
        if (fresh.size() > SMALLEST && fresh.size() > 2 * count) {
            fresh.removeIf(old -> old.removed);
        } else if (fresh.size() >= MOST_NEW) {
            order();
        }
    }

    void change(Cell cell, byte[] value, long hash) {
        bytes += value.length - cell.value.length;
        cell.value = value;
        cell.hash = hash;
    }

    void remove(Cell cell) {
        if (cell.ordered) {
            ordered.remove(cell.key);
        }
        count--;
        bytes -= size(cell);
        cell.removed = true;
        cell.value = Tables.NOTHING; // the cell itself may wait among the new ones
        int chain = cell.place & (chains.length - 1);
        Cell before = chains[chain];
        if (before == cell) {
            chains[chain] = cell.next;
            return;
        }
        while (before != null && before.next != cell) {
            before = before.next;
        }
        if (before != null) {
            before.next = cell.next;
        }
    }

    private void order() {
        for (Cell cell : fresh) {
            if (!cell.removed) {
                cell.ordered = true;
                ordered.put(cell.key, cell);
            }
        }
        fresh.clear();
    }

    private void grow() {
        @Nullable Cell[] larger = new @Nullable Cell[chains.length * 2];
        for (Cell first : chains) {
            Cell cell = first;
            while (cell != null) {
                Cell next = cell.next;
                int chain = cell.place & (larger.length - 1);
                cell.next = larger[chain];
                larger[chain] = cell;
                cell = next;
            }
        }
        chains = larger;
    }

    static int place(byte[] key) {
        long mixed = StateStore.mix(0, key);
        return (int) (mixed ^ mixed >>> 32);
    }

    private static long size(Cell cell) {
        return (long) cell.key.length + cell.value.length;
    }

    /** In the order of the keys. For reading. */
    NavigableMap<byte[], Cell> rows() {
        if (!fresh.isEmpty()) {
            order();
        }
        return ordered;
    }

    int count() {
        return count;
    }

    /** Of keys and values. */
    long bytes() {
        return bytes;
    }
}
