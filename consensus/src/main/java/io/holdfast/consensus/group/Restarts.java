package io.holdfast.consensus.group;

import java.time.Duration;
import java.util.Optional;

/** How long to wait before a replica that stopped is opened again: each time twice as long, until it has run well for a while. And for how long it has failed. */
final class Restarts {
    private static final int MAX_DOUBLINGS = 6;

    /** A replica that ran for so many doublings of the first pause, 8 s by default, and fails, begins to fail; one that fails sooner goes on failing. */
    private static final int STEADY_DOUBLINGS = 4;

    private final long firstNanos;
    private int failures;
    private boolean running;
    private long runningSince;
    private boolean failing;
    private long failingSince;

    Restarts(Duration first) {
        this.firstNanos = first.toNanos();
    }

    void onRunning(long nowNanos) {
        running = true;
        runningSince = nowNanos;
    }

    /** The pause from now on, in nanoseconds. */
    long onFailure(long nowNanos) {
        long ran = running ? nowNanos - runningSince : 0;
        if (ran > firstNanos << (MAX_DOUBLINGS + 1)) {
            failures = 0;
        }
        if (!failing || ran > firstNanos << STEADY_DOUBLINGS) {
            failing = true;
            failingSince = nowNanos;
        }
        running = false;
        long pause = firstNanos << Math.min(failures, MAX_DOUBLINGS);
        failures++;
        return pause;
    }

    /** How long ago it began to fail, for one that does not run now. */
    Optional<Duration> failingFor(long nowNanos) {
        return failing ? Optional.of(Duration.ofNanos(nowNanos - failingSince)) : Optional.empty();
    }

    /** What failed is gone; another replica may follow. */
    void forget() {
        failing = false;
    }
}
