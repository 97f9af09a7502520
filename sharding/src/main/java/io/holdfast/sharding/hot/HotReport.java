package io.holdfast.sharding.hot;

import java.util.List;

/**
 * What was called most in the window.
 *
 * @param keys the hottest keys, the hottest first
 * @param shards the hottest shards that were called at all, the hottest first
 */
public record HotReport(List<HotKey> keys, List<HotShard> shards) {
    /**
     * Copies the lists.
     *
     * @param keys as the component
     * @param shards as the component
     */
    public HotReport {
        keys = List.copyOf(keys);
        shards = List.copyOf(shards);
    }

    /**
     * A key that is called often. The true rate lies between {@code perSecond - error} and {@code perSecond}.
     *
     * @param key the key
     * @param shard its shard
     * @param perSecond calls a second, at most
     * @param error how much less it may be
     */
    public record HotKey(String key, int shard, double perSecond, double error) {}

    /**
     * A shard that is called often.
     *
     * @param shard the shard
     * @param perSecond calls a second
     */
    public record HotShard(int shard, double perSecond) {}
}
