package io.holdfast.consensus.state;

import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one table: in the order of their keys for those who walk, and in a hash index for those who know the key, which is what nearly every command does. Whoever reads sees the order only, never
 * the index. A change of a value touches neither of them.
 */
final class StateTable {
    private static final int SMALLEST = 8;

    /** So far is looked in a chain; behind that the order knows. Keys come from outside, and may be made to meet in one chain. */
    private static final int LONGEST_LOOK = 16;

    /** A row; its key stays. */
    static final class Cell {
        final byte[] key;
        byte[] value;
        /** What it adds to the hash of the state. */
        long hash;

        private final int place;
        private @Nullable Cell next;

        private Cell(byte[] key, byte[] value, long hash, int place, @Nullable Cell next) {
            this.key = key;
            this.value = value;
            this.hash = hash;
            this.place = place;
            this.next = next;
        }
    }

    private final TreeMap<byte[], Cell> rows = new TreeMap<>(Arrays::compareUnsigned);
    private @Nullable Cell[] chains = new @Nullable Cell[SMALLEST];
    private long bytes;

    @Nullable Cell find(byte[] key) {
        int place = place(key);
        Cell cell = chains[place & (chains.length - 1)];
        for (int looked = 0; cell != null; looked++) {
            if (looked == LONGEST_LOOK) {
                return rows.get(key);
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
        if (rows.size() == chains.length) {
            grow();
        }
        int place = place(key);
        int chain = place & (chains.length - 1);
        Cell cell = new Cell(key, value, hash, place, chains[chain]);
        chains[chain] = cell;
        rows.put(key, cell);
        bytes += size(cell);
    }

    void change(Cell cell, byte[] value, long hash) {
        bytes += value.length - cell.value.length;
        cell.value = value;
        cell.hash = hash;
    }

    void remove(Cell cell) {
        rows.remove(cell.key);
        bytes -= size(cell);
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
        return rows;
    }

    int count() {
        return rows.size();
    }

    /** Of keys and values. */
    long bytes() {
        return bytes;
    }
}
