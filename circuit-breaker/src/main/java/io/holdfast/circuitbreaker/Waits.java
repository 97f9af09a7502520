package io.holdfast.circuitbreaker;

import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Scheduler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * The waits before the retries of a policy, at most one for each call under way. Closing cuts them short: whoever waited for a timer that has been stopped would wait for ever.
 * Safe for use by many threads.
 */
final class Waits implements AutoCloseable {
    // compared by identity: each wait is one element
    private static final class Wait {
        private final Runnable cutShort;

        Wait(Runnable cutShort) {
            this.cutShort = cutShort;
        }
    }

    private final Scheduler scheduler;
    private final Set<Wait> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Waits(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Waits, and then runs one of the two, or neither if the wait is taken back before. */
    Registration begin(long nanos, Runnable over, Runnable cutShort) {
        Wait wait = new Wait(cutShort);
        waiting.add(wait);
        Registration timer;
        try {
            timer = scheduler.schedule(Duration.ofNanos(nanos), () -> {
                if (waiting.remove(wait)) {
                    over.run();
                }
            });
        } catch (RejectedExecutionException stopped) {
            cut(wait);
            return () -> {};
        }
        if (closed) {
            cut(wait);
        }
        return () -> {
            waiting.remove(wait);
            timer.close();
        };
    }

    private void cut(Wait wait) {
        if (waiting.remove(wait)) {
            wait.cutShort.run();
        }
    }

    @Override
    public void close() {
        closed = true;
        waiting.forEach(this::cut);
    }
}
