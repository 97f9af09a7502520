package io.holdfast.consensus.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows as they were at one moment, read while they change: what a change would overwrite in front of the reader is kept aside until the reader has passed it. Costs
 * one small object for each row that changes in the meantime, and no copy of the rest.
 */
final class StoreCapture {
    private static final byte[] ABSENT = {};

    /** Where a row stands. */
    @SuppressWarnings("ArrayRecordComponent") // compared by compareTo only
    record Place(long table, byte[] key) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byTable = Long.compare(table, other.table);
            return byTable != 0 ? byTable : Arrays.compareUnsigned(key, other.key);
        }
    }

    /** A row and where it stands. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Placed(Place place, byte[] value) {}

    private final StateStore store;
    private final TreeMap<Place, byte[]> aside = new TreeMap<>();
    private boolean lost;
    private Place passed = new Place(-1, new byte[0]);

    StoreCapture(StateStore store) {
        this.store = store;
    }

    /** A row is about to change; the store holds the lock. Only its first change matters. */
    void changing(long table, byte[] key, byte @Nullable [] old) {
        Place place = new Place(table, key);
        if (place.compareTo(passed) > 0) {
            aside.putIfAbsent(place, old == null ? ABSENT : old);
        }
    }

    /** The state was replaced. */
    void lost() {
        lost = true;
    }

    /**
     * Reads on.
     *
     * @param maxRows how many rows at most
     * @param maxBytes after how many bytes to end
     * @return the rows; none at the end
     * @throws IOException if the state was replaced in the meantime
     */
    List<Placed> next(int maxRows, int maxBytes) throws IOException {
        store.lock().lock();
        try {
            if (lost) {
                throw new IOException("the state was replaced by a snapshot while it was written; write the new one");
            }
            List<Placed> chunk = new ArrayList<>();
            int bytes = 0;
            while (chunk.size() < maxRows && bytes < maxBytes) {
                Placed row = step();
                if (row == null) {
                    break;
                }
                passed = row.place;
                if (row.value != ABSENT) {
                    chunk.add(row);
                    bytes += row.place.key.length + row.value.length;
                }
            }
            return chunk;
        } finally {
            store.lock().unlock();
        }
    }

    private @Nullable Placed step() {
        Placed live = store.after(passed);
        Map.Entry<Place, byte[]> kept = aside.isEmpty() ? null : aside.firstEntry();
        if (kept != null && (live == null || kept.getKey().compareTo(live.place) <= 0)) {
            aside.pollFirstEntry();
            return new Placed(kept.getKey(), kept.getValue());
        }
        return live;
    }

    void close() {
        store.lock().lock();
        try {
            store.release(this);
            aside.clear();
        } finally {
            store.lock().unlock();
        }
    }
}
