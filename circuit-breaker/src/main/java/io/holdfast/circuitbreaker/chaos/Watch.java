package io.holdfast.circuitbreaker.chaos;

import io.holdfast.core.env.MonotonicClock;
import java.util.List;

/** One call that experiments with bounds of their own look at from its begin to its end. For use by one thread at a time. */
public final class Watch {
    private final List<Running> experiments;
    private final MonotonicClock clock;
    private final long startNanos;

    Watch(List<Running> experiments, MonotonicClock clock) {
        this.experiments = experiments;
        this.clock = clock;
        this.startNanos = clock.nanoTime();
    }

    /**
     * The call ended, its retries included, and says something of the callee.
     *
     * @param answered whether it was answered
     */
    public void ended(boolean answered) {
        long now = clock.nanoTime();
        experiments.forEach(experiment -> experiment.ended(answered, now - startNanos, now));
    }
}
