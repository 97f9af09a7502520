package io.holdfast.replication.store;

import io.holdfast.core.Check;
import io.holdfast.replication.version.RowKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Rows that are lost with the process. A location is a place in the list, counted from one. */
final class MemoryStore implements RowStore {
    private final long storeId;
    private final RowIndex index = new RowIndex();
    private final List<@Nullable Row> rows = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private volatile long written;
    private long bytes;
    private long reserved;

    MemoryStore(long storeId) {
        this.storeId = storeId;
    }

    @Override
    public byte @Nullable [] get(RowKey key) {
        long location = index.find(key.hash(), at -> row(at).key().equals(key));
        return location == RowIndex.NONE ? null : row(location).state();
    }

    private Row row(long location) {
        Row row = rows.get((int) location - 1);
        if (row == null) {
            throw new IllegalStateException("place " + location + " of the index has no row");
        }
        return row;
    }

    @Override
    public long put(RowKey key, long stateHash, byte[] state) {
        Check.between("length of a row's state", state.length, 0, MAX_STATE);
        Row row = new Row(key, stateHash, state);
        long location = enter(row);
        bytes += size(row);
        long before =
                index.put(key.hash(), stateHash, location, at -> row(at).key().equals(key));
        drop(before);
        return ++written;
    }

    private long enter(Row row) {
        Integer place = free.pollFirst();
        if (place == null) {
            rows.add(row);
            return rows.size();
        }
        rows.set(place - 1, row);
        return place;
    }

    private void drop(long location) {
        if (location != RowIndex.NONE) {
            bytes -= size(row(location));
            rows.set((int) location - 1, null);
            free.addFirst((int) location);
        }
    }

    private static long size(Row row) {
        return (long) row.key().encoded().length + row.state().length;
    }

    @Override
    public long remove(RowKey key) {
        drop(index.remove(key.hash(), at -> row(at).key().equals(key)));
        return ++written;
    }

    @Override
    public long synced() {
        return written;
    }

    @Override
    public void onSynced(LongConsumer listener) {
        // all is synced when put returns
    }

    @Override
    public void onFailed(Consumer<StoreFailedException> listener) {
        // memory does not fail
    }

    @Override
    public long storeId() {
        return storeId;
    }

    @Override
    public long reserved() {
        return reserved;
    }

    @Override
    public void reserve(long upTo) {
        reserved = Math.max(reserved, upTo);
    }

    @Override
    public long partitionHash(int partition) {
        return index.partitionHash(partition);
    }

    @Override
    public long nodeHash(int partition, int node) {
        return index.nodeHash(partition, node);
    }

    @Override
    public long leafHash(int partition, int leaf) {
        return index.leafHash(partition, leaf);
    }

    @Override
    public List<RowEntry> entries(int partition, int leaf) {
        return index.entries(partition, leaf);
    }

    @Override
    public List<Row> rows(long keyHash) {
        List<Row> found = new ArrayList<>();
        for (long location : index.locations(keyHash)) {
            found.add(row(location));
        }
        return found;
    }

    @Override
    public BitSet doubtful() {
        return new BitSet();
    }

    @Override
    public void doubt(int partition) {
        // nothing is ever damaged
    }

    @Override
    public void vouch(int partition) {
        // nothing is ever in doubt
    }

    @Override
    public long size() {
        return index.size();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        // nothing to let go
    }
}
