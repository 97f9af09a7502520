package io.holdfast.replication.store;

import io.holdfast.replication.version.KeyHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Where each row is, and the Merkle trees: the leaves of the trees are the buckets of the index. A row costs three numbers (key hash, state hash, location) in its leaf's array, some 35 bytes.
 * What a location means is the store's business. Two keys may have the same hash, so who looks for a key brings a test whether the row at a location has it. For one thread at a time.
 */
final class RowIndex {
    /** No location. */
    static final long NONE = 0;

    /** The location of a row that is damaged: it has an entry, and counts nowhere. */
    static final long LOST = -1;

    private static final int WIDTH = 3;
    private static final long[] EMPTY = {};

    private final @Nullable Partition[] partitions = new Partition[KeyHash.PARTITIONS];
    private long size;
    private long lost;

    /** One tree. Made with the first row: many stores are small. */
    private static final class Partition {
        final long[][] leaves = new long[KeyHash.LEAVES][];
        final long[] leafHashes = new long[KeyHash.LEAVES];
        final long[] nodeHashes = new long[RowStore.NODES];
        long hash;

        Partition() {
            Arrays.fill(leaves, EMPTY);
        }

        void toggle(int leaf, long keyHash, long stateHash) {
            long mixed = mix(keyHash + mix(stateHash));
            leafHashes[leaf] ^= mixed;
            nodeHashes[leaf / (KeyHash.LEAVES / RowStore.NODES)] ^= mixed;
            hash ^= mixed;
        }
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood 2014), which is that of MurmurHash3 with better constants. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** The location of a key, {@link #LOST} if its row is damaged, or {@link #NONE}. */
    long find(long keyHash, LongPredicate sameKey) {
        long[] leaf = leaf(keyHash);
        int at = position(leaf, keyHash, sameKey);
        return at < 0 ? NONE : leaf[at + 2];
    }

    /** Enters a row; a damaged one with the same hash gives way. Returns where the key's row was, or {@link #NONE}. */
    long put(long keyHash, long stateHash, long location, LongPredicate sameKey) {
        Partition partition = partition(keyHash);
        int number = KeyHash.leaf(keyHash);
        long[] leaf = partition.leaves[number];
        int at = position(leaf, keyHash, sameKey);
        long before = NONE;
        if (at >= 0) {
            before = leaf[at + 2];
            uncount(partition, number, leaf, at);
        } else {
            at = used(leaf);
            leaf = withSpace(leaf, at);
            partition.leaves[number] = leaf;
        }
        leaf[at] = keyHash;
        leaf[at + 1] = stateHash;
        leaf[at + 2] = location;
        count(partition, number, leaf, at);
        return before;
    }

    /** Takes a row out. Returns where it was, or {@link #NONE}. */
    long remove(long keyHash, LongPredicate sameKey) {
        int number = KeyHash.leaf(keyHash);
        long[] leaf = leaf(keyHash);
        int at = position(leaf, keyHash, sameKey);
        if (at < 0) {
            return NONE;
        }
        long before = leaf[at + 2];
        Partition partition = partition(keyHash);
        uncount(partition, number, leaf, at);
        int last = used(leaf) - WIDTH;
        System.arraycopy(leaf, last, leaf, at, WIDTH);
        Arrays.fill(leaf, last, last + WIDTH, 0);
        return before;
    }

    /** Says that the row at a location is now at another. Returns false if there is none at the first. */
    boolean move(long keyHash, long from, long to) {
        long[] leaf = leaf(keyHash);
        int at = positionOf(leaf, keyHash, from);
        if (at >= 0) {
            leaf[at + 2] = to;
        }
        return at >= 0;
    }

    /** Whether the row at a location is one that is there. */
    boolean has(long keyHash, long location) {
        return positionOf(leaf(keyHash), keyHash, location) >= 0;
    }

    /** Says that the row at a location is damaged. Returns false if there is none. */
    boolean lose(long keyHash, long location) {
        long[] leaf = leaf(keyHash);
        int at = positionOf(leaf, keyHash, location);
        if (at >= 0) {
            uncount(partition(keyHash), KeyHash.leaf(keyHash), leaf, at);
            leaf[at + 2] = LOST;
            lost++;
        }
        return at >= 0;
    }

    /** Whether a row whose key has this hash is damaged. */
    boolean isLost(long keyHash) {
        return positionOf(leaf(keyHash), keyHash, LOST) >= 0;
    }

    long size() {
        return size;
    }

    long lost() {
        return lost;
    }

    long partitionHash(int number) {
        Partition partition = partitions[number];
        return partition == null ? 0 : partition.hash;
    }

    long nodeHash(int number, int node) {
        Partition partition = partitions[number];
        return partition == null ? 0 : partition.nodeHashes[node];
    }

    long leafHash(int number, int leaf) {
        Partition partition = partitions[number];
        return partition == null ? 0 : partition.leafHashes[leaf];
    }

    List<RowEntry> entries(int number, int leafNumber) {
        Partition partition = partitions[number];
        long[] leaf = partition == null ? EMPTY : partition.leaves[leafNumber];
        List<RowEntry> entries = new ArrayList<>(leaf.length / WIDTH);
        for (int at = 0; at < leaf.length && leaf[at + 2] != NONE; at += WIDTH) {
            if (leaf[at + 2] != LOST) {
                entries.add(new RowEntry(leaf[at], leaf[at + 1]));
            }
        }
        return entries;
    }

    /** The locations of all rows whose keys have a hash, {@link #LOST} among them. */
    long[] locations(long keyHash) {
        long[] leaf = leaf(keyHash);
        long[] found = EMPTY;
        for (int at = 0; at < leaf.length && leaf[at + 2] != NONE; at += WIDTH) {
            if (leaf[at] == keyHash) {
                found = Arrays.copyOf(found, found.length + 1);
                found[found.length - 1] = leaf[at + 2];
            }
        }
        return found;
    }

    /** The hashes of the keys whose rows are at such locations. Looks at every row. */
    List<Long> keysAt(LongPredicate location) {
        List<Long> found = new ArrayList<>();
        for (Partition partition : partitions) {
            for (int number = 0; partition != null && number < KeyHash.LEAVES; number++) {
                long[] leaf = partition.leaves[number];
                for (int at = 0; at < leaf.length && leaf[at + 2] != NONE; at += WIDTH) {
                    if (location.test(leaf[at + 2])) {
                        found.add(leaf[at]);
                    }
                }
            }
        }
        return found;
    }

    private void count(Partition partition, int number, long[] leaf, int at) {
        if (leaf[at + 2] == LOST) {
            lost++;
        } else {
            size++;
            partition.toggle(number, leaf[at], leaf[at + 1]);
        }
    }

    private void uncount(Partition partition, int number, long[] leaf, int at) {
        if (leaf[at + 2] == LOST) {
            lost--;
        } else {
            size--;
            partition.toggle(number, leaf[at], leaf[at + 1]);
        }
    }

    private Partition partition(long keyHash) {
        int number = KeyHash.partition(keyHash);
        Partition partition = partitions[number];
        if (partition == null) {
            partition = new Partition();
            partitions[number] = partition;
        }
        return partition;
    }

    private long[] leaf(long keyHash) {
        Partition partition = partitions[KeyHash.partition(keyHash)];
        return partition == null ? EMPTY : partition.leaves[KeyHash.leaf(keyHash)];
    }

    private static int position(long[] leaf, long keyHash, LongPredicate sameKey) {
        for (int at = 0; at < leaf.length && leaf[at + 2] != NONE; at += WIDTH) {
            if (leaf[at] == keyHash && (leaf[at + 2] == LOST || sameKey.test(leaf[at + 2]))) {
                return at;
            }
        }
        return -1;
    }

    private static int positionOf(long[] leaf, long keyHash, long location) {
        for (int at = 0; at < leaf.length && leaf[at + 2] != NONE; at += WIDTH) {
            if (leaf[at] == keyHash && leaf[at + 2] == location) {
                return at;
            }
        }
        return -1;
    }

    private static int used(long[] leaf) {
        int at = leaf.length;
        while (at > 0 && leaf[at - 1] == NONE) {
            at -= WIDTH;
        }
        return at;
    }

    /** Grows by a quarter: the arrays are small, and space is dearer than copying. */
    private static long[] withSpace(long[] leaf, int used) {
        return used < leaf.length ? leaf : Arrays.copyOf(leaf, used + Math.max(1, used / WIDTH / 4) * WIDTH);
    }
}
