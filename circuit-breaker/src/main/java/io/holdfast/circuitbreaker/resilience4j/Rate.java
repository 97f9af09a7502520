package io.holdfast.circuitbreaker.resilience4j;

import io.github.resilience4j.micrometer.tagged.TaggedRateLimiterMetricsPublisher;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.core.env.MonotonicClock;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;

/** So many calls in a period. Safe for use by many threads. */
public final class Rate {
    private final String name;
    private final RateLimiter delegate;
    private final MonotonicClock clock;
    private final MeterRegistry meters;
    private final TaggedRateLimiterMetricsPublisher publisher;
    private final long startNanos;
    private final RateLimitConfig config;

    /**
     * Makes a limiter at the beginning of a period and publishes its metrics.
     *
     * @param name the policy's name
     * @param config the numbers
     * @param clock the clock of the periods
     * @param meters where its metrics go
     */
    public Rate(String name, RateLimitConfig config, MonotonicClock clock, MeterRegistry meters) {
        this(
                name,
                config,
                clock,
                meters,
                new TaggedRateLimiterMetricsPublisher(meters),
                clock.nanoTime(),
                limiter(name, config, clock));
        publisher.publishMetrics(delegate);
    }

    private Rate(
            String name,
            RateLimitConfig config,
            MonotonicClock clock,
            MeterRegistry meters,
            TaggedRateLimiterMetricsPublisher publisher,
            long startNanos,
            RateLimiter delegate) {
        this.name = name;
        this.config = config;
        this.clock = clock;
        this.meters = meters;
        this.publisher = publisher;
        this.startNanos = startNanos;
        this.delegate = delegate;
    }

    private static RateLimiter limiter(String name, RateLimitConfig config, MonotonicClock clock) {
        RateLimiterConfig translated = RateLimiterConfig.custom()
                .limitForPeriod(config.limit())
                .limitRefreshPeriod(config.period())
                .timeoutDuration(Duration.ZERO)
                .build();
        return new AtomicRateLimiter(name, translated, Map.of(), clock::nanoTime);
    }

    /**
     * Takes a call out of the period.
     *
     * @return false if none is left
     */
    public boolean take() {
        return delegate.acquirePermission(1);
    }

    /**
     * How long until the next period.
     *
     * @return the time
     */
    public Duration untilNextPeriod() {
        long period = config.period().toNanos();
        return Duration.ofNanos(period - Math.floorMod(clock.nanoTime() - startNanos, period));
    }

    /**
     * The numbers in use.
     *
     * @return the numbers
     */
    public RateLimitConfig config() {
        return config;
    }

    /**
     * A limiter with other numbers in this one's place. With the same period, what the period has used stays used; with another one, a period begins now.
     *
     * @param changed the new numbers
     * @return the limiter
     */
    public Rate changedTo(RateLimitConfig changed) {
        if (changed.period().equals(config.period())) {
            delegate.changeLimitForPeriod(changed.limit());
            return new Rate(name, changed, clock, meters, publisher, startNanos, delegate);
        }
        close();
        return new Rate(name, changed, clock, meters);
    }

    /** Takes its metrics away. */
    public void close() {
        publisher.removeMetrics(delegate);
    }
}
