package io.holdfast.sharding.hot;

import io.holdfast.sharding.hot.SpaceSaving.Estimate;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Some of the shards, in two halves of the window: the one that is filled now, and the one before it. Safe for use by many threads; none but its own code runs under its lock. */
final class Stripe {
    private final ReentrantLock lock = new ReentrantLock();
    private final long[] shards;
    private final long[] formerShards;
    private final SpaceSaving[] keys;
    /** The number of the half that is filled now. */
    private long half;

    Stripe(int shards, int keys) {
        this.shards = new long[shards];
        this.formerShards = new long[shards];
        this.keys = new SpaceSaving[] {new SpaceSaving(keys), new SpaceSaving(keys)};
    }

    void record(long now, int place, int shard, String key) {
        lock.lock();
        try {
            turnTo(now);
            shards[place]++;
            keys[(int) (half & 1)].count(shard, key);
        } finally {
            lock.unlock();
        }
    }

    private void turnTo(long now) {
        if (now <= half) {
            return; // a thread that read the clock earlier counts in the half that has begun meanwhile
        }
        if (now - half == 1) {
            System.arraycopy(shards, 0, formerShards, 0, shards.length);
        } else {
            Arrays.fill(formerShards, 0);
            keys[(int) (~now & 1)].clear();
        }
        Arrays.fill(shards, 0);
        keys[(int) (now & 1)].clear();
        half = now;
    }

    /** The counts of both halves, for every key that has a place in either. */
    void addTo(long now, Map<String, Estimate> all) {
        lock.lock();
        try {
            turnTo(now);
            SpaceSaving latest = keys[(int) (half & 1)];
            SpaceSaving former = keys[(int) (~half & 1)];
            latest.estimates().forEach((key, found) -> all.put(key, found.plus(former.of(key, found.shard()))));
            former.estimates().forEach((key, found) -> all.putIfAbsent(key, found.plus(latest.of(key, found.shard()))));
        } finally {
            lock.unlock();
        }
    }

    long calls(long now, int place) {
        lock.lock();
        try {
            turnTo(now);
            return shards[place] + formerShards[place];
        } finally {
            lock.unlock();
        }
    }
}
