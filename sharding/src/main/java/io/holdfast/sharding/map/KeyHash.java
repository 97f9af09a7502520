package io.holdfast.sharding.map;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.holdfast.core.Check;
import java.nio.charset.StandardCharsets;

/** The way from a key to its shard: XXH3 (Yann Collet, 64 bits, seed 0) over the key's UTF-8 bytes. It never changes: what is stored lies where it says. */
public final class KeyHash {
    private static final Hasher64 XXH3 = Hashing.xxh3_64();

    private KeyHash() {}

    /**
     * The hash of a key.
     *
     * @param key any text
     * @return 64 bits, evenly spread
     */
    public static long of(String key) {
        return of(key.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The hash of a key that is bytes.
     *
     * @param key any bytes
     * @return 64 bits, evenly spread
     */
    public static long of(byte[] key) {
        return XXH3.hashBytesToLong(key);
    }

    /**
     * The shard of a key.
     *
     * @param key any text
     * @param shards how many there are: a power of two
     * @return 0 to {@code shards - 1}
     */
    public static int shard(String key, int shards) {
        Check.that(Integer.bitCount(shards) == 1, "shards (%d) must be a power of two; take 256", shards);
        return (int) (of(key) & (shards - 1));
    }
}
