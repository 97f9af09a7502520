package io.holdfast.sharding.hot;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The most frequent of many keys, counted in the memory of a few (Metwally, Agrawal and El Abbadi, ICDT 2005, "Efficient computation of frequent and top-k elements in data streams"). After n counts with m places a key's count is too high by
 * at most n / m and never too low, and every key with more than n / m counts is among them. The place to give up is looked for by reading all counts: with the few dozen here that is faster than the paper's linked buckets. For use by one thread.
 */
final class SpaceSaving {
    private final Map<String, Integer> places = new HashMap<>();
    private final @Nullable String[] keys;
    private final int[] shards;
    private final long[] counts;
    private final long[] errors;

    SpaceSaving(int capacity) {
        keys = new @Nullable String[capacity];
        shards = new int[capacity];
        counts = new long[capacity];
        errors = new long[capacity];
    }

    void count(int shard, String key) {
        @Nullable Integer known = places.get(key);
        if (known != null) {
            counts[known]++;
            return;
        }
        int place = places.size() < keys.length ? places.size() : least();
        @Nullable String former = keys[place];
        if (former != null) {
            places.remove(former);
        }
        places.put(key, place);
        keys[place] = key;
        shards[place] = shard;
        errors[place] = counts[place]; // the newcomer may have been counted here before: that often at most
        counts[place]++;
    }

    private int least() {
        int least = 0;
        for (int place = 1; place < counts.length; place++) {
            if (counts[place] < counts[least]) {
                least = place;
            }
        }
        return least;
    }

    /** How often a key that has no place can have been counted. */
    private long unseen() {
        return places.size() < keys.length ? 0 : counts[least()];
    }

    void clear() {
        places.clear();
        Arrays.fill(keys, null);
        Arrays.fill(counts, 0);
    }

    /** What is known of a key: at most {@code count}, and at least {@code count - error}. */
    record Estimate(int shard, long count, long error) {
        Estimate plus(Estimate other) {
            return new Estimate(shard, count + other.count, error + other.error);
        }
    }

    /** The keys that have places. */
    Map<String, Estimate> estimates() {
        Map<String, Estimate> estimates = new HashMap<>();
        places.forEach((key, place) -> estimates.put(key, new Estimate(shards[place], counts[place], errors[place])));
        return estimates;
    }

    /** What is known of a key, whether it has a place or not. */
    Estimate of(String key, int shard) {
        @Nullable Integer place = places.get(key);
        return place == null
                ? new Estimate(shard, unseen(), unseen())
                : new Estimate(shard, counts[place], errors[place]);
    }
}
