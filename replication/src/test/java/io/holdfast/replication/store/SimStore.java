package io.holdfast.replication.store;

import io.holdfast.replication.version.RowKey;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A store of a simulation: what was not synced is lost in a crash. It outlives the lives of its node. */
public final class SimStore implements RowStore {
    private record Change(RowKey key, @Nullable Row row) {}

    private final long id;
    private final Map<RowKey, Row> durable = new HashMap<>();
    private final List<Change> unsynced = new ArrayList<>();
    private MemoryStore now;
    private long position;
    private long synced;
    private long reserved;

    public SimStore(long id) {
        this.id = id;
        this.now = new MemoryStore(id);
    }

    /** The process has died: what is left is what was synced. */
    public void crash() {
        unsynced.clear();
        now = new MemoryStore(id);
        durable.values().forEach(row -> now.put(row.key(), row.stateHash(), row.state()));
        synced = position;
    }

    public boolean isDirty() {
        return !unsynced.isEmpty();
    }

    /** How far a sync reaches that begins now. */
    public long position() {
        return position;
    }

    public void syncTo(long reached) {
        long count = Math.min(unsynced.size(), Math.max(0, reached - synced));
        for (Change change : unsynced.subList(0, (int) count)) {
            Row row = change.row();
            if (row == null) {
                durable.remove(change.key());
            } else {
                durable.put(change.key(), row);
            }
        }
        unsynced.subList(0, (int) count).clear();
        synced = Math.max(synced, reached);
    }

    @Override
    public byte @Nullable [] get(RowKey key) {
        return now.get(key);
    }

    @Override
    public long put(RowKey key, long stateHash, byte[] state) {
        now.put(key, stateHash, state);
        unsynced.add(new Change(key, new Row(key, stateHash, state)));
        return ++position;
    }

    @Override
    public long remove(RowKey key) {
        now.remove(key);
        unsynced.add(new Change(key, null));
        return ++position;
    }

    @Override
    public long synced() {
        return synced;
    }

    @Override
    public void onSynced(LongConsumer listener) {
        throw new UnsupportedOperationException("the simulation tells of syncs itself");
    }

    @Override
    public void onFailed(Consumer<StoreFailedException> listener) {
        throw new UnsupportedOperationException("a store of a simulation does not fail");
    }

    @Override
    public long storeId() {
        return id;
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
        return now.partitionHash(partition);
    }

    @Override
    public long nodeHash(int partition, int node) {
        return now.nodeHash(partition, node);
    }

    @Override
    public long leafHash(int partition, int leaf) {
        return now.leafHash(partition, leaf);
    }

    @Override
    public List<RowEntry> entries(int partition, int leaf) {
        return now.entries(partition, leaf);
    }

    @Override
    public List<Row> rows(long keyHash) {
        return now.rows(keyHash);
    }

    @Override
    public BitSet doubtful() {
        return new BitSet();
    }

    @Override
    public void doubt(int partition) {}

    @Override
    public void vouch(int partition) {}

    @Override
    public long size() {
        return now.size();
    }

    @Override
    public long bytes() {
        return now.bytes();
    }

    @Override
    public void close() {}
}
