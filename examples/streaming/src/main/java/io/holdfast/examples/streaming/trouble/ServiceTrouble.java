package io.holdfast.examples.streaming.trouble;

import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Says of each call of a service how late it is and whether it fails. Safe for use by many threads. */
final class ServiceTrouble {
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private final MonotonicClock clock;
    private final RandomGenerator random;
    private Trouble trouble = Trouble.NONE; // guarded by this
    private long freeNanos; // guarded by this; when the calls before are done

    ServiceTrouble(MonotonicClock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
        this.freeNanos = clock.nanoTime();
    }

    synchronized void set(Trouble value) {
        trouble = value;
    }

    /** How long this call has to wait. It takes its turn whether or not its caller is still there in the end, as a database does its work for nobody. */
    synchronized Duration delay() {
        if (trouble.perSecond() == 0) {
            return trouble.latency();
        }
        long now = clock.nanoTime();
        freeNanos = Math.max(freeNanos, now) + SECOND_NANOS / trouble.perSecond();
        return trouble.latency().plusNanos(freeNanos - now);
    }

    synchronized boolean fails() {
        return trouble.failures() > 0 && random.nextDouble() < trouble.failures();
    }
}
