package io.holdfast.sharding.hot;

import io.holdfast.core.Check;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.sharding.hot.SpaceSaving.Estimate;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Counts calls by shard and by key over a sliding window, to say which are hot. Shards are counted exactly, keys by {@link SpaceSaving}.
 *
 * <p>The window slides by halves: what is told covers between half of it and all of it, once so much time has passed. The memory is bounded: {@value #STRIPES} stripes by shard, each with two times {@code keys} keys at most. To record a call costs one reading of the clock, a
 * lock that only calls of the same sixteenth of the shards contend for, and a look-up. Safe for use by many threads.
 */
public final class HotSpots {
    private static final int STRIPES = 16;
    private static final double NANOS = 1e9;

    private final Stripe[] stripes = new Stripe[STRIPES];
    private final int shards;
    private final long halfNanos;
    private final MonotonicClock clock;
    private final long start;

    /**
     * Nothing is hot yet.
     *
     * @param shards how many shards the space has
     * @param window over how much time calls are counted, 2 s or longer; a minute is usual
     * @param keys how many keys a stripe keeps, 8 to 1024; with 64 every key that has more than a 64th of its stripe's calls is found
     * @param clock measures the window
     * @throws IllegalArgumentException if the window is shorter, or the keys are out of bounds
     */
    public HotSpots(int shards, Duration window, int keys, MonotonicClock clock) {
        Check.that(
                window.compareTo(Duration.ofSeconds(2)) >= 0,
                "window (%s) must be 2s or longer; take a minute",
                window);
        Check.between("keys", keys, 8, 1024);
        this.shards = shards;
        this.halfNanos = window.toNanos() / 2;
        this.clock = clock;
        this.start = clock.nanoTime();
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe((shards + STRIPES - 1) / STRIPES, keys);
        }
    }

    /**
     * Counts a call.
     *
     * @param shard the shard
     * @param key the key; kept for as long as it is hot
     */
    public void record(int shard, String key) {
        stripes[shard % STRIPES].record(half(clock.nanoTime()), shard / STRIPES, shard, key);
    }

    private long half(long nanos) {
        return (nanos - start) / halfNanos;
    }

    /**
     * Says what is hot.
     *
     * @param k how many keys and how many shards at most
     * @return the hottest
     */
    public HotReport report(int k) {
        long nanos = clock.nanoTime();
        long now = half(nanos);
        double seconds = covered(nanos) / NANOS;
        Map<String, Estimate> keys = new HashMap<>();
        for (Stripe stripe : stripes) {
            stripe.addTo(now, keys);
        }
        List<HotReport.HotKey> hotKeys = keys.entrySet().stream()
                .map(entry -> hotKey(entry.getKey(), entry.getValue(), seconds))
                .sorted(Comparator.comparingDouble(HotReport.HotKey::perSecond)
                        .reversed()
                        .thenComparing(HotReport.HotKey::key))
                .limit(k)
                .toList();
        List<HotReport.HotShard> hotShards = IntStream.range(0, shards)
                .mapToObj(shard ->
                        new HotReport.HotShard(shard, stripes[shard % STRIPES].calls(now, shard / STRIPES) / seconds))
                .filter(shard -> shard.perSecond() > 0)
                .sorted(Comparator.comparingDouble(HotReport.HotShard::perSecond)
                        .reversed())
                .limit(k)
                .toList();
        return new HotReport(hotKeys, hotShards);
    }

    private static HotReport.HotKey hotKey(String key, Estimate found, double seconds) {
        return new HotReport.HotKey(key, found.shard(), found.count() / seconds, found.error() / seconds);
    }

    /** From the beginning of the former half; a second at least, lest the first call look like a storm. */
    private double covered(long nanos) {
        long sinceStart = nanos - start;
        long former = Math.max(0, half(nanos) - 1) * halfNanos;
        return Math.max(sinceStart - former, NANOS);
    }
}
