package io.holdfast.replication.store;

import io.holdfast.core.Check;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.FileCells;
import io.holdfast.core.env.RandomSource;
import io.holdfast.core.env.Threads;
import io.holdfast.replication.version.RowKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rows in the segments of a directory. The lock is held for no longer than one row is read or copied, never while something is written or synced. */
final class SegmentStore implements RowStore {
    private static final Logger log = LoggerFactory.getLogger(SegmentStore.class);
    private static final String RESERVED = "reserved";

    private final StoreOptions options;
    private final DurableCells cells;
    private final long storeId;
    private final StoreState state;
    private final Journal journal;
    private final LiveRows rows;
    private final Doubt doubt;
    private final Syncer syncer;
    private final long tornBytes;
    private long reserved;
    private @Nullable AutoCloseable directory;

    private SegmentStore(Disk disk, DurableCells cells, StoreOptions options, Opening.Found found) {
        this.options = options;
        this.cells = cells;
        this.storeId = found.storeId();
        this.state = new StoreState(disk.toString());
        this.journal = found.journal();
        this.rows = found.rows();
        this.doubt = found.doubt();
        this.tornBytes = found.tornBytes();
        Compaction compaction = new Compaction(disk, storeId, options, state, journal, rows);
        this.syncer = new Syncer(disk, storeId, options, state, journal, compaction);
        this.reserved = cells.read(RESERVED)
                .map(bytes -> ByteBuffer.wrap(bytes).getLong())
                .orElse(0L);
        syncer.checkSpace();
    }

    /** Opens without a thread: {@link #syncer} is for the caller to run. */
    static SegmentStore open(Disk disk, DurableCells cells, StoreOptions options, RandomSource random)
            throws IOException {
        return new SegmentStore(disk, cells, options, Opening.open(disk, cells, options, random));
    }

    static SegmentStore open(Path path, String owner, StoreOptions options, RandomSource random, Threads threads) {
        FileCells cells = FileCells.open(path, owner);
        boolean opened = false;
        try {
            SegmentStore store = open(new FileDisk(path), cells, options, random);
            store.directory = cells;
            threads.start("row-store", store.syncer::run);
            opened = true;
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException("store " + path + " cannot be opened: " + e.getMessage(), e);
        } finally {
            if (!opened) {
                cells.close();
            }
        }
    }

    Syncer syncer() {
        return syncer;
    }

    /** How many bytes a crash had cut, found when the store was opened. */
    long tornBytes() {
        return tornBytes;
    }

    /** How many rows are damaged. */
    long lost() {
        return locked(() -> rows.index().lost());
    }

    private <T> T locked(Supplier<T> work) {
        state.lock.lock();
        try {
            return work.get();
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public byte @Nullable [] get(RowKey key) {
        state.lock.lock();
        try {
            state.checkUsable();
            return rows.get(key);
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public long put(RowKey key, long stateHash, byte[] value) {
        Check.between("length of a row's state", value.length, 0, MAX_STATE);
        state.lock.lock();
        try {
            state.checkWritable(journal.waitingBytes(), options.maxUnsynced().bytes());
            rows.put(key, stateHash, value);
            state.wake();
            return journal.position();
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public long remove(RowKey key) {
        state.lock.lock();
        try {
            state.checkWritable(journal.waitingBytes(), options.maxUnsynced().bytes());
            rows.remove(key);
            state.wake();
            return journal.position();
        } finally {
            state.lock.unlock();
        }
    }

    @Override
    public long synced() {
        return state.synced();
    }

    @Override
    public void onSynced(LongConsumer listener) {
        state.onSynced(listener);
    }

    @Override
    public void onFailed(Consumer<StoreFailedException> listener) {
        state.onFailed(listener);
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
        state.checkUsable();
        if (upTo > reserved) {
            cells.write(RESERVED, ByteBuffer.allocate(Long.BYTES).putLong(upTo).array());
            reserved = upTo;
        }
    }

    @Override
    public long partitionHash(int partition) {
        return locked(() -> rows.index().partitionHash(partition));
    }

    @Override
    public long nodeHash(int partition, int node) {
        return locked(() -> rows.index().nodeHash(partition, node));
    }

    @Override
    public long leafHash(int partition, int leaf) {
        return locked(() -> rows.index().leafHash(partition, leaf));
    }

    @Override
    public List<RowEntry> entries(int partition, int leaf) {
        return locked(() -> rows.index().entries(partition, leaf));
    }

    @Override
    public List<Row> rows(long keyHash) {
        return locked(() -> {
            state.checkUsable();
            return rows.rows(keyHash);
        });
    }

    @Override
    public BitSet doubtful() {
        return doubt.partitions();
    }

    @Override
    public void doubt(int partition) {
        doubt.raise(partition);
    }

    @Override
    public void vouch(int partition) {
        state.checkUsable();
        doubt.vouch(partition);
    }

    @Override
    public long size() {
        return locked(() -> rows.index().size());
    }

    @Override
    public long bytes() {
        return locked(journal::bytes);
    }

    @Override
    public void close() {
        if (!locked(state::close)) {
            return;
        }
        AutoCloseable open = directory;
        if (open != null) {
            syncer.awaitEnd();
        }
        for (Segment segment : locked(journal::segments)) {
            closed(segment::close);
        }
        if (open != null) {
            closed(open);
        }
    }

    private void closed(AutoCloseable file) {
        try {
            file.close();
        } catch (Exception e) {
            log.warn("store {}: a file cannot be closed", state.name(), e);
        }
    }
}
