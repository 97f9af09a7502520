package io.holdfast.consensus.group;

import java.time.Duration;

/** How long to wait before a replica that stopped is opened again: each time twice as long, until it has run well for a while. */
final class Restarts {
    private static final int MAX_DOUBLINGS = 6;

    private final long firstNanos;
    private int failures;
    private boolean running;
    private long runningSince;

    Restarts(Duration first) {
        this.firstNanos = first.toNanos();
    }

    void onRunning(long nowNanos) {
        running = true;
        runningSince = nowNanos;
    }

    /** The pause from now on, in nanoseconds. */
    long onFailure(long nowNanos) {
        if (running && nowNanos - runningSince > firstNanos << (MAX_DOUBLINGS + 1)) {
            failures = 0;
        }
        running = false;
        long pause = firstNanos << Math.min(failures, MAX_DOUBLINGS);
        failures++;
        return pause;
    }
}
