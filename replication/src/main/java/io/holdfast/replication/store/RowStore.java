package io.holdfast.replication.store;

import io.holdfast.core.env.Environment;
import io.holdfast.core.env.RandomSource;
import io.holdfast.replication.version.KeyHash;
import io.holdfast.replication.version.RowKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one node, and the Merkle trees over them. Used by one thread, except {@link #synced}, {@link #onSynced}, {@link #onFailed} and {@link #close}, which any may call.
 *
 * <p>The hash space has {@link io.holdfast.replication.version.KeyHash#PARTITIONS 256} partitions (the top 8 bits of the key's hash), each a tree of {@link #NODES 128} nodes of 8 leaves
 * (the next 10 bits). The hash of a leaf is the XOR of a mix of key hash and state hash over its rows, that of a node the XOR of its leaves, and so on: it depends on what the rows are and on
 * nothing else, so equal stores have equal hashes. It is kept up to date with each write.
 *
 * <p>What the disk has spoilt is never served. Where the store knows whose row it was, {@link #get} throws until the row is put again, and the row counts as absent in the trees, so that
 * anti-entropy brings it back. Where it does not know, {@link #doubtful} names the partitions in which rows may be missing or older than what was once synced.
 */
public interface RowStore extends AutoCloseable {
    /** The number of nodes in the middle level of a partition's tree. */
    int NODES = 128;

    /** The largest state of a row: 8 MiB. */
    int MAX_STATE = 8 << 20;

    /**
     * A store that is lost with the process. All that is put counts as synced at once.
     *
     * @param random gives the store its id
     * @return an empty store
     */
    static RowStore inMemory(RandomSource random) {
        return new MemoryStore(random.split("row-store").nextLong());
    }

    /**
     * Opens a store on disk, and makes it if it is not there. It has a thread of its own, which syncs and compacts.
     *
     * @param directory its directory, one for each store
     * @param owner the node that it belongs to: the one that opened it first
     * @param options its bounds
     * @param environment the thread, and chance for the id of a new store
     * @return the store, with all that was ever synced; {@link #doubtful} and {@link RowDamagedException} tell what the disk has spoilt
     * @throws IllegalStateException if another process (or this one) has it open, or it belongs to another node, or a later version of Holdfast has written it
     * @throws java.io.UncheckedIOException if it cannot be read or written
     */
    static RowStore open(Path directory, String owner, StoreOptions options, Environment environment) {
        return SegmentStore.open(directory, owner, options, environment.random(), environment.threads());
    }

    /**
     * Reads a row. It may read the disk.
     *
     * @param key the key
     * @return its state as it was put last, synced or not; null if there is no such row
     * @throws RowDamagedException if the disk has spoilt it
     * @throws StoreFailedException if the store has failed or is closed
     */
    byte @Nullable [] get(RowKey key);

    /**
     * Writes a row in the place of the one that is there: after a crash either is there, whole. {@link #get} sees it at once; it survives a crash when {@link #synced} has reached its position.
     *
     * @param key the key
     * @param stateHash the hash of the state, for the trees
     * @param state the state, at most {@link #MAX_STATE} bytes; not copied by every store, so do not change it afterwards
     * @return its position, larger than all before
     * @throws IllegalArgumentException if the state is too long
     * @throws io.holdfast.core.UnavailableException if the disk is full; nothing was done, and it goes on when there is space
     * @throws io.holdfast.core.OverloadedException if more waits for the sync than {@link StoreOptions#maxUnsynced}; nothing was done
     * @throws StoreFailedException if the store has failed or is closed
     */
    long put(RowKey key, long stateHash, byte[] state);

    /**
     * Forgets a row altogether, also one that is damaged. Nothing happens if there is none.
     *
     * @param key the key
     * @return its position, as of {@link #put}
     * @throws io.holdfast.core.UnavailableException if the disk is full; nothing was done
     * @throws io.holdfast.core.OverloadedException if too much waits for the sync; nothing was done
     * @throws StoreFailedException if the store has failed or is closed
     */
    long remove(RowKey key);

    /**
     * How far the store is synced. Any thread may ask.
     *
     * @return all that has this position or a lower one survives a power failure
     */
    long synced();

    /**
     * Who is told when {@link #synced} grows. One sync serves all that was put since the one before. A store in memory tells nobody: there what is put is synced when {@link #put} returns.
     *
     * @param listener takes the position, on the store's own thread; it must not block or throw, and replaces the one before
     */
    void onSynced(LongConsumer listener);

    /**
     * Who is told when the store fails for good (a sync failed). From then on every call throws the same.
     *
     * @param listener takes the reason, on the store's own thread, once; it must not block or throw, and replaces the one before
     */
    void onFailed(Consumer<StoreFailedException> listener);

    /**
     * Which store it is: drawn when it was made, and as old as its data.
     *
     * @return 64 random bits
     */
    long storeId();

    /**
     * Up to which number counters were reserved, in this opening or one before.
     *
     * @return 0 in a new store
     */
    long reserved();

    /**
     * Reserves counters, durably when it returns, for which it syncs: reserve many at a time.
     *
     * @param upTo the new end; nothing happens if it is not higher than {@link #reserved}
     * @throws java.io.UncheckedIOException if it cannot be made durable; what was reserved before stays so
     */
    void reserve(long upTo);

    /**
     * The hash over a partition.
     *
     * @param partition its number
     * @return the hash; 0 if it is empty
     */
    long partitionHash(int partition);

    /**
     * The hash over 8 leaves.
     *
     * @param partition the partition
     * @param node 0 to {@link #NODES} - 1: leaves {@code 8 * node} to {@code 8 * node + 7}
     * @return the hash; 0 if they are empty
     */
    long nodeHash(int partition, int node);

    /**
     * The hash over a leaf.
     *
     * @param partition the partition
     * @param leaf 0 to {@link io.holdfast.replication.version.KeyHash#LEAVES} - 1
     * @return the hash; 0 if it is empty
     */
    long leafHash(int partition, int leaf);

    /**
     * What rows a leaf has, without reading them. Two keys may have the same hash.
     *
     * @param partition the partition
     * @param leaf the leaf
     * @return its rows but those that are damaged, in no order
     */
    List<RowEntry> entries(int partition, int leaf);

    /**
     * What rows a partition has, without reading them: those of all its leaves.
     *
     * @param partition the partition
     * @return its rows but those that are damaged, leaf by leaf
     */
    default List<RowEntry> entries(int partition) {
        List<RowEntry> all = new ArrayList<>();
        for (int leaf = 0; partitionHash(partition) != 0 && leaf < KeyHash.LEAVES; leaf++) {
            all.addAll(entries(partition, leaf));
        }
        return all;
    }

    /**
     * Reads the rows whose keys have a hash: nearly always one or none. It may read the disk.
     *
     * @param keyHash the hash
     * @return the rows
     * @throws RowDamagedException if the disk has spoilt one of them
     * @throws StoreFailedException if the store has failed or is closed
     */
    List<Row> rows(long keyHash);

    /**
     * Partitions of which the disk has lost something and nobody knows what: what is here may be older than what was once synced, or missing. Do not count this replica's answers in them; compare
     * them with other replicas and call {@link #vouch}. It survives a restart.
     *
     * @return their numbers, a copy
     */
    BitSet doubtful();

    /**
     * Puts a partition in doubt, as {@link #doubtful} tells from now on: a row of it was found damaged, and putting another in its place would hide that.
     *
     * @param partition its number
     * @throws java.io.UncheckedIOException if it cannot be made durable
     */
    void doubt(int partition);

    /**
     * Says that a partition has been compared with enough others, and what it lacked was put (and is synced).
     *
     * @param partition its number
     * @throws java.io.UncheckedIOException if it cannot be made durable; the partition stays doubtful
     */
    void vouch(int partition);

    /**
     * How many rows there are, those not counted that are damaged.
     *
     * @return the number
     */
    long size();

    /**
     * How much the store takes.
     *
     * @return bytes on disk, or in memory about as many
     */
    long bytes();

    /** Syncs what was put and lets the directory go. Any thread may call it; a second time nothing happens. */
    @Override
    void close();
}
