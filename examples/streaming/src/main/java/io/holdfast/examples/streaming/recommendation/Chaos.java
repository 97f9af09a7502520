package io.holdfast.examples.streaming.recommendation;

import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** Bad times on purpose: of every ten seconds two fail half of the calls and two make every call late. For use by many threads. */
final class Chaos {
    static final Duration DELAY = Duration.ofMillis(400);

    /** What happens to a call. */
    enum Mood {
        FINE,
        LATE,
        FAILING
    }

    private static final long PERIOD_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private final boolean on;
    private final MonotonicClock clock;
    private final RandomGenerator random;
    private final long startNanos;

    Chaos(boolean on, MonotonicClock clock, RandomGenerator random) {
        this.on = on;
        this.clock = clock;
        this.random = random;
        this.startNanos = clock.nanoTime();
    }

    Mood mood() {
        if (!on) {
            return Mood.FINE;
        }
        long second = (clock.nanoTime() - startNanos) % PERIOD_NANOS / SECOND_NANOS;
        if (second >= 3 && second < 5) {
            return coin() ? Mood.FAILING : Mood.FINE;
        }
        return second >= 7 && second < 9 ? Mood.LATE : Mood.FINE;
    }

    private synchronized boolean coin() {
        return random.nextBoolean();
    }
}
