package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * Which results are kept, and for how long they stand in for a call (RFC 9111 for the words; RFC 5861 for {@code stale-while-revalidate} and {@code stale-if-error}).
 *
 * @param ttl how long a result is fresh
 * @param staleWhileRevalidate how long after that it still answers, while a call renews it behind the back of who asks
 * @param staleIfError how long after the ttl it stands in for a call that failed
 * @param maxEntries how many results are kept
 */
public record CacheConfig(
        @Doc("How long a result is fresh: it answers in place of a call.")
        Duration ttl,

        @Doc("How long after that it still answers, while one call renews it in the background.") @Default("0s")
        Duration staleWhileRevalidate,

        @Doc("How long after the ttl it stands in for a call that failed.") @Default("0s")
        Duration staleIfError,

        @Doc("How many results are kept; at the bound those are dropped that are asked for least (W-TinyLFU).")
        @Default("10000")
        int maxEntries) {
    /**
     * Validates the numbers.
     *
     * @param ttl longer than zero
     * @param staleWhileRevalidate zero or more
     * @param staleIfError zero or more
     * @param maxEntries 1 to 10,000,000
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public CacheConfig {
        Check.positive("ttl", ttl);
        Check.notNegative("stale-while-revalidate", staleWhileRevalidate);
        Check.notNegative("stale-if-error", staleIfError);
        Check.between("max-entries", maxEntries, 1, 10_000_000);
    }

    /**
     * Results that are fresh for a time and then gone.
     *
     * @param ttl longer than zero
     * @return the block
     * @throws IllegalArgumentException if it is not longer than zero
     */
    public static CacheConfig of(Duration ttl) {
        return new CacheConfig(ttl, Duration.ZERO, Duration.ZERO, 10_000);
    }

    /**
     * This block with other times after the ttl.
     *
     * @param whileRevalidate how long a result still answers while it is renewed
     * @param ifError how long it stands in for a call that failed
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public CacheConfig withStale(Duration whileRevalidate, Duration ifError) {
        return new CacheConfig(ttl, whileRevalidate, ifError, maxEntries);
    }

    /**
     * This block with another bound.
     *
     * @param value how many results are kept
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public CacheConfig withMaxEntries(int value) {
        return new CacheConfig(ttl, staleWhileRevalidate, staleIfError, value);
    }
}
