package io.holdfast.consensus.log;

import io.holdfast.core.Deadline;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ends those who wait when their deadline passes, with one timer for all: it is set for the earliest deadline, and most waiters are gone by then. */
final class Deadlines implements AutoCloseable {
    private final Environment environment;
    private final Set<Waiter<?>> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private @Nullable Registration timer;
    private Deadline wake = Deadline.NONE;
    private boolean closed;

    Deadlines(Environment environment) {
        this.environment = environment;
    }

    /** Watches a waiter until it is done. */
    void add(Waiter<?> waiter) {
        boolean late;
        synchronized (this) {
            late = closed;
            if (!late) {
                open.add(waiter);
                wakeBy(waiter.deadline);
            }
        }
        if (late) {
            waiter.end("the log was closed");
        } else {
            waiter.result.whenComplete((value, error) -> remove(waiter));
        }
    }

    private synchronized void remove(Waiter<?> waiter) {
        open.remove(waiter);
    }

    private void wakeBy(Deadline deadline) {
        if (deadline.isNone() || (!wake.isNone() && wake.nanos() - deadline.nanos() <= 0)) {
            return;
        }
        if (timer != null) {
            timer.close();
        }
        wake = deadline;
        long remaining = deadline.remainingNanos(environment.clock().nanoTime());
        timer = environment.scheduler().schedule(Duration.ofNanos(Math.max(0, remaining)), this::expire);
    }

    private void expire() {
        List<Waiter<?>> late = new ArrayList<>();
        synchronized (this) {
            long now = environment.clock().nanoTime();
            timer = null;
            wake = Deadline.NONE;
            Deadline next = Deadline.NONE;
            for (Waiter<?> waiter : open) {
                if (waiter.deadline.isExpired(now)) {
                    late.add(waiter);
                } else {
                    next = next.earlier(waiter.deadline);
                }
            }
            wakeBy(next);
        }
        late.forEach(waiter -> waiter.end("the deadline passed"));
    }

    /** Ends all who wait, and who comes later. */
    @Override
    public void close() {
        List<Waiter<?>> rest;
        synchronized (this) {
            closed = true;
            if (timer != null) {
                timer.close();
            }
            rest = List.copyOf(open);
        }
        rest.forEach(waiter -> waiter.end("the log was closed"));
    }
}
