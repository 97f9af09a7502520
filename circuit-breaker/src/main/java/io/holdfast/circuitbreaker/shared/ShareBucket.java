package io.holdfast.circuitbreaker.shared;

import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket whose rate may change at any time, kept as one number: the theoretical arrival time of the generic cell rate algorithm (ATM Forum TM 4.1, section 4.4.2). It holds the tokens of one
 * period, at least one. Safe for use by many threads.
 */
public final class ShareBucket {
    private final MonotonicClock clock;
    private final AtomicLong arrival;
    private volatile long periodNanos;
    private volatile long intervalNanos;

    /**
     * Makes a full bucket.
     *
     * @param clock the clock
     * @param period the tokens of so long a time may be taken at once
     * @param perSecond how many tokens come in a second
     */
    public ShareBucket(MonotonicClock clock, Duration period, double perSecond) {
        this.clock = clock;
        this.periodNanos = period.toNanos();
        this.arrival = new AtomicLong(clock.nanoTime());
        rate(perSecond);
    }

    /**
     * Changes the rate; the used part of the bucket stays used.
     *
     * @param perSecond how many tokens come in a second; zero stops it
     */
    public void rate(double perSecond) {
        long interval = perSecond <= 0 ? Long.MAX_VALUE : (long) Math.min(1e18, Math.max(1, 1e9 / perSecond));
        intervalNanos = interval;
        if (interval <= periodNanos) {
            // a token that was taken at a rate of less than one a period must not keep a quicker bucket shut
            long latest = clock.nanoTime() + periodNanos;
            arrival.updateAndGet(at -> at - latest > 0 ? latest : at);
        }
    }

    /**
     * Changes the size and the rate; the used part of the bucket stays used.
     *
     * @param period the tokens of so long a time may be taken at once
     * @param perSecond how many tokens come in a second; zero stops it
     */
    public void change(Duration period, double perSecond) {
        periodNanos = period.toNanos();
        rate(perSecond);
    }

    /**
     * Takes a token.
     *
     * @return false if there is none
     */
    public boolean take() {
        long interval = intervalNanos;
        if (interval == Long.MAX_VALUE) {
            return false;
        }
        long now = clock.nanoTime();
        while (true) {
            long before = arrival.get();
            long base = before - now > 0 ? before : now;
            long next = base + interval;
            if (next - now > Math.max(periodNanos, interval)) {
                return false;
            }
            if (arrival.compareAndSet(before, next)) {
                return true;
            }
        }
    }

    /**
     * How long until there is a token.
     *
     * @return the time; at most a period where the bucket gives less than one token in it
     */
    public Duration untilNext() {
        long interval = intervalNanos;
        if (interval > periodNanos) {
            long wait = arrival.get() - clock.nanoTime();
            return Duration.ofNanos(Math.min(Math.max(0, wait), periodNanos));
        }
        return Duration.ofNanos(Math.max(0, arrival.get() + interval - periodNanos - clock.nanoTime()));
    }
}
