package io.holdfast.circuitbreaker.resilience4j;

import io.holdfast.core.env.MonotonicClock;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The monotonic clock in the form that Resilience4j asks for: when the time of day jumps, an open breaker must not stay open. */
final class MonotonicInstants extends Clock {
    private final MonotonicClock clock;
    private final long startNanos;

    MonotonicInstants(MonotonicClock clock) {
        this.clock = clock;
        this.startNanos = clock.nanoTime();
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(clock.nanoTime() - startNanos);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
