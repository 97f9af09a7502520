package io.holdfast.replication.version;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * Where a key lies in the hash space: XXH3 (Yann Collet, 64 bits, seed 0). The top 8 bits are its partition, the next 10 its leaf of that partition's Merkle tree. It never changes: what is
 * stored, and who owns it, lies where it says.
 */
public final class KeyHash {
    /** The number of partitions. */
    public static final int PARTITIONS = 256;

    /** The number of leaves of a partition. */
    public static final int LEAVES = 1024;

    private static final Hasher64 XXH3 = Hashing.xxh3_64();

    private KeyHash() {}

    /**
     * The hash of bytes.
     *
     * @param bytes any bytes
     * @return 64 bits, evenly spread
     */
    public static long of(byte[] bytes) {
        return XXH3.hashBytesToLong(bytes);
    }

    /**
     * The hash of a text.
     *
     * @param text any text
     * @return that of its UTF-8 bytes
     */
    public static long of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The partition of a key.
     *
     * @param hash the key's hash
     * @return 0 to {@link #PARTITIONS} - 1
     */
    public static int partition(long hash) {
        return (int) (hash >>> 56);
    }

    /**
     * The leaf of a key within its partition.
     *
     * @param hash the key's hash
     * @return 0 to {@link #LEAVES} - 1
     */
    public static int leaf(long hash) {
        return (int) (hash >>> 46) & (LEAVES - 1);
    }
}
