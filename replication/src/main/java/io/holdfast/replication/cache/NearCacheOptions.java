package io.holdfast.replication.cache;

import io.holdfast.core.Check;
import java.time.Duration;
import java.util.Optional;

/**
 * How a {@link NearCache} keeps and writes.
 *
 * @param staleness the bound: an answer was right at some instant not longer ago than this, whatever was lost or paused. The origin is asked four times within it whether all changes were told
 * @param ttl how long a value is kept at most, counted from before it was read, even if the feed vouches for it
 * @param absentTtl the same for the knowledge that there is no value
 * @param refreshAt a copy that is asked for after this part of its time (of {@code ttl}, and of {@code staleness} where the feed does not vouch) is read anew in the background; at least 1/4, 1 for never
 * @param loadTimeout how long a read of the origin may take; at most {@code staleness}, for a later answer would be too old
 * @param maxCalls how many reads and writes of the origin may be under way at once; the next is refused with {@link io.holdfast.core.OverloadedException}
 * @param maxWeight how many entries are kept, or what they may weigh together if the cache has a weigher
 * @param writeBehind how writes wait; empty for write-through
 */
public record NearCacheOptions(
        Duration staleness,
        Duration ttl,
        Duration absentTtl,
        double refreshAt,
        Duration loadTimeout,
        int maxCalls,
        long maxWeight,
        Optional<WriteBehindOptions> writeBehind) {
    /** How often the origin is asked within the staleness bound whether all changes were told. */
    private static final int QUESTIONS_PER_BOUND = 4;

    /**
     * Checks the numbers.
     *
     * @param staleness as the component
     * @param ttl as the component
     * @param absentTtl as the component
     * @param refreshAt as the component
     * @param loadTimeout as the component
     * @param maxCalls as the component
     * @param maxWeight as the component
     * @param writeBehind as the component
     * @throws IllegalArgumentException if one is out of bounds or they contradict each other
     */
    public NearCacheOptions {
        Check.that(
                staleness.compareTo(Duration.ofMillis(1)) >= 0 && staleness.compareTo(Duration.ofDays(1)) <= 0,
                "staleness (%s) must be between 1 ms and a day",
                staleness);
        Check.positive("ttl", ttl);
        Check.positive("absentTtl", absentTtl);
        Check.that(absentTtl.compareTo(ttl) <= 0, "absentTtl (%s) must be at most ttl (%s); lower it", absentTtl, ttl);
        Check.that(ttl.compareTo(Duration.ofDays(365)) <= 0, "ttl (%s) must be at most 365 days", ttl);
        Check.ratio("refreshAt", refreshAt);
        Check.that(
                refreshAt >= 1.0 / QUESTIONS_PER_BOUND,
                "refreshAt (%s) must be at least 1/%s: the feed vouches as seldom as that, and a copy would be read anew each time it is asked for; raise it, or lower ttl",
                refreshAt,
                QUESTIONS_PER_BOUND);
        Check.positive("loadTimeout", loadTimeout);
        Check.that(
                loadTimeout.compareTo(staleness) <= 0,
                "loadTimeout (%s) must be at most staleness (%s): an answer that took longer is too old; lower it",
                loadTimeout,
                staleness);
        Check.between("maxCalls", maxCalls, 1, 1_000_000);
        Check.between("maxWeight", maxWeight, 1, Long.MAX_VALUE);
    }

    /**
     * For a bound of a second or so: values live ten minutes, absences one, 10,000 entries, 1,024 calls, refreshed after 80 % of their time, written through.
     *
     * @param staleness the bound
     * @return the options
     */
    public static NearCacheOptions bounded(Duration staleness) {
        Duration ttl = longer(staleness, Duration.ofMinutes(10));
        Duration absent = ttl.compareTo(Duration.ofMinutes(1)) < 0 ? ttl : Duration.ofMinutes(1);
        Duration load = staleness.compareTo(Duration.ofSeconds(5)) < 0 ? staleness : Duration.ofSeconds(5);
        return new NearCacheOptions(staleness, ttl, absent, 0.8, load, 1024, 10_000, Optional.empty());
    }

    /**
     * How long it is from one question whether all changes were told to the next. An origin that lets one question wait for another should give each up after that, so that a lost one costs one turn.
     *
     * @return a quarter of {@code staleness}
     */
    public Duration questionPause() {
        return staleness.dividedBy(QUESTIONS_PER_BOUND);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /**
     * Other lives.
     *
     * @param values how long values are kept at most
     * @param absences how long absences are
     * @return the changed copy
     */
    public NearCacheOptions withTtl(Duration values, Duration absences) {
        return new NearCacheOptions(
                staleness, values, absences, refreshAt, loadTimeout, maxCalls, maxWeight, writeBehind);
    }

    /**
     * Another time to refresh.
     *
     * @param value the part of a copy's time after which it is read anew; 1 for never
     * @return the changed copy
     */
    public NearCacheOptions withRefreshAt(double value) {
        return new NearCacheOptions(staleness, ttl, absentTtl, value, loadTimeout, maxCalls, maxWeight, writeBehind);
    }

    /**
     * Other bounds on the calls of the origin.
     *
     * @param timeout how long a read may take
     * @param most how many calls may be under way at once
     * @return the changed copy
     */
    public NearCacheOptions withCalls(Duration timeout, int most) {
        return new NearCacheOptions(staleness, ttl, absentTtl, refreshAt, timeout, most, maxWeight, writeBehind);
    }

    /**
     * Another size.
     *
     * @param value how many entries are kept, or what they may weigh
     * @return the changed copy
     */
    public NearCacheOptions withMaxWeight(long value) {
        return new NearCacheOptions(staleness, ttl, absentTtl, refreshAt, loadTimeout, maxCalls, value, writeBehind);
    }

    /**
     * Lets writes wait in memory.
     *
     * @param value how
     * @return the changed copy
     */
    public NearCacheOptions withWriteBehind(WriteBehindOptions value) {
        return new NearCacheOptions(
                staleness, ttl, absentTtl, refreshAt, loadTimeout, maxCalls, maxWeight, Optional.of(value));
    }
}
