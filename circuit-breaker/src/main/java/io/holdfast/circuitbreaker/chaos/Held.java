package io.holdfast.circuitbreaker.chaos;

import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Scheduler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/** The calls that an experiment holds up; as many as are under way. They go on when their time is over or the experiment is. */
final class Held {
    /** No time: until the experiment is over. */
    static final long FOR_EVER = Long.MAX_VALUE;

    private final Scheduler scheduler;
    private final Set<CompletableFuture<Void>> holds = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    Held(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** Holds a call; cancelling the future takes the hold back. It is completed on a thread that must not block. */
    CompletableFuture<Void> hold(long nanos) {
        CompletableFuture<Void> hold = new CompletableFuture<>();
        Registration timer = timer(nanos, hold); // before it is counted: a call that counts as held is timed already
        holds.add(hold);
        if (over) {
            hold.complete(null);
        }
        hold.whenComplete((nothing, cancelled) -> {
            holds.remove(hold);
            timer.close();
        });
        return hold;
    }

    private Registration timer(long nanos, CompletableFuture<Void> hold) {
        if (nanos == FOR_EVER) {
            return () -> {};
        }
        try {
            return scheduler.schedule(Duration.ofNanos(nanos), () -> hold.complete(null));
        } catch (RejectedExecutionException stopped) {
            hold.complete(null);
            return () -> {};
        }
    }

    int size() {
        return holds.size();
    }

    void release() {
        over = true;
        holds.forEach(hold -> hold.complete(null));
    }
}
