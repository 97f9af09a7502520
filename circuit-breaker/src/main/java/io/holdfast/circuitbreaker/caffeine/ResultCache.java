package io.holdfast.circuitbreaker.caffeine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holdfast.circuitbreaker.config.CacheConfig;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Results by key, each with its age. Bounded by {@link CacheConfig#maxEntries()}. Safe for use by many threads. */
public final class ResultCache {
    /**
     * A kept result.
     *
     * @param value the result, null where the call gave null
     * @param writtenNanos when it was kept, by the monotonic clock
     */
    public record Kept(@Nullable Object value, long writtenNanos) {}

    private final MonotonicClock clock;
    private final Cache<Object, Kept> kept;
    private volatile CacheConfig numbers;

    /**
     * Makes an empty cache.
     *
     * @param numbers how long and how many
     * @param clock tells the ages
     */
    public ResultCache(CacheConfig numbers, MonotonicClock clock) {
        this.clock = clock;
        this.numbers = numbers;
        this.kept = Caffeine.newBuilder()
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .maximumSize(numbers.maxEntries())
                .expireAfterWrite(lifetime(numbers))
                .build();
    }

    private static Duration lifetime(CacheConfig numbers) {
        Duration more = numbers.staleWhileRevalidate().compareTo(numbers.staleIfError()) > 0
                ? numbers.staleWhileRevalidate()
                : numbers.staleIfError();
        return numbers.ttl().plus(more);
    }

    /**
     * Takes other numbers; the kept results stay, as far as the new ones let them.
     *
     * @param changed the new numbers
     */
    public void change(CacheConfig changed) {
        numbers = changed;
        // the times first: changing the bound drops what has expired
        kept.policy().expireAfterWrite().ifPresent(expiry -> expiry.setExpiresAfter(lifetime(changed)));
        kept.policy().eviction().ifPresent(bound -> bound.setMaximum(changed.maxEntries()));
    }

    /**
     * The numbers in use.
     *
     * @return the numbers
     */
    public CacheConfig numbers() {
        return numbers;
    }

    /**
     * Looks a result up.
     *
     * @param key its key
     * @return the result, fresh or stale, or null if there is none
     */
    public @Nullable Kept get(Object key) {
        return kept.getIfPresent(key);
    }

    /**
     * How long ago a result was kept.
     *
     * @param result the result
     * @return nanoseconds
     */
    public long ageNanos(Kept result) {
        return clock.nanoTime() - result.writtenNanos();
    }

    /**
     * Keeps a result.
     *
     * @param key its key
     * @param value the result
     */
    public void put(Object key, @Nullable Object value) {
        kept.put(key, new Kept(value, clock.nanoTime()));
    }
}
