package io.holdfast.replication.store;

import io.holdfast.replication.version.RowKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The index and the journal together: every row that is there, where it is, and how many bytes they take. All methods under the store's lock. */
final class LiveRows {
    private static final int SCRATCH = 64 << 10;

    private final Journal journal;
    private final RowIndex index = new RowIndex();
    private final Frame frame = new Frame();
    private byte[] scratch = new byte[4 << 10];
    private long bytes;

    /** The row that was read last: who writes a row has most often just read it, and its key need not be looked at again. */
    private long lastLocation;

    private @Nullable RowKey lastKey;

    LiveRows(Journal journal) {
        this.journal = journal;
    }

    RowIndex index() {
        return index;
    }

    /** How many bytes of the segments are rows that are there. */
    long bytes() {
        return bytes;
    }

    /** The state of a row; null if there is none. */
    byte @Nullable [] get(RowKey key) {
        long location =
                index.find(key.hash(), at -> isDamaged(key.hash(), at) || frame.hasKey(scratch, 0, key.encoded()));
        if (location == RowIndex.NONE) {
            return null;
        }
        refuseLost(key.hash(), location);
        lastLocation = location;
        lastKey = key;
        return frame.state(scratch, 0);
    }

    /** All rows whose keys have a hash. */
    List<Row> rows(long keyHash) {
        List<Row> rows = new ArrayList<>(1);
        for (long location : index.locations(keyHash)) {
            refuseLost(keyHash, location != RowIndex.LOST && isDamaged(keyHash, location) ? RowIndex.LOST : location);
            rows.add(new Row(RowKey.decode(frame.key(scratch, 0)), frame.stateHash, frame.state(scratch, 0)));
        }
        return rows;
    }

    private static void refuseLost(long keyHash, long location) {
        if (location == RowIndex.LOST) {
            throw new RowDamagedException(
                    keyHash,
                    "the row of the key with hash " + Long.toHexString(keyHash)
                            + " is damaged on this disk; take it from another replica and put it here");
        }
    }

    /** Reads the whole row at a location; whether it is damaged, which the index knows then. */
    private boolean isDamaged(long keyHash, long location) {
        boolean whole = load(location, Location.size(location)) && frame.isWhole(scratch, 0);
        if (!whole) {
            lose(keyHash, location);
        }
        return !whole;
    }

    private boolean load(long location, int length) {
        if (scratch.length < length || scratch.length > SCRATCH && length <= SCRATCH) {
            scratch = new byte[Math.max(length, 4 << 10)];
        }
        try {
            return journal.read(location, scratch, length) == length
                    && frame.read(scratch, 0, journal.salt(location))
                    && frame.size() == Location.size(location);
        } catch (IOException spoilt) {
            return false;
        }
    }

    private boolean hasKey(long location, long keyHash, byte[] key) {
        int length = Math.min(Location.size(location), Frame.HEADER + key.length);
        return load(location, length) && frame.hasKey(scratch, 0, key)
                || isDamaged(keyHash, location); // another key, or a damaged one
    }

    void put(RowKey key, long stateHash, byte[] state) {
        enter(key.hash(), stateHash, journal.put(key.hash(), stateHash, key.encoded(), state), key);
    }

    private void enter(long keyHash, long stateHash, long location, RowKey key) {
        release(index.put(
                keyHash,
                stateHash,
                location,
                at -> at == lastLocation && key.equals(lastKey) || hasKey(at, keyHash, key.encoded())));
        bytes += Location.size(location);
    }

    /** Enters a row that was found at a location. */
    void found(Frame row, byte[] key, long location) {
        release(index.put(row.keyHash, row.stateHash, location, at -> hasKey(at, row.keyHash, key)));
        bytes += Location.size(location);
    }

    void remove(RowKey key) {
        if (removed(key.hash(), key.encoded())) {
            journal.remove(key.hash(), key.encoded());
        }
    }

    /** Takes a row out; false if there is none. */
    boolean removed(long keyHash, byte[] key) {
        long before = index.remove(keyHash, at -> hasKey(at, keyHash, key));
        release(before);
        return before != RowIndex.NONE;
    }

    /** Says that the row at a location is damaged; nothing happens if there is none. */
    boolean lose(long keyHash, long location) {
        boolean live = index.lose(keyHash, location);
        if (live) {
            release(location);
        }
        return live;
    }

    /** Says that nobody knows what became of the rows whose keys have a hash. */
    void lose(long keyHash) {
        long[] locations = index.locations(keyHash);
        for (long location : locations) {
            lose(keyHash, location);
        }
        if (locations.length == 0) {
            index.put(keyHash, 0, RowIndex.LOST, at -> false);
        }
    }

    /** Copies a row that is whole to the end of the journal. */
    void copy(Frame row, byte[] from, int at, long location) {
        index.move(row.keyHash, location, journal.copy(row, from, at));
    }

    private void release(long location) {
        if (location != RowIndex.NONE && location != RowIndex.LOST) {
            bytes -= Location.size(location);
        }
        lastKey = null;
    }
}
