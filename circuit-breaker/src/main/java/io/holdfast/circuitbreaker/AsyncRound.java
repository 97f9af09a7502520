package io.holdfast.circuitbreaker;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** One try of an asynchronous call: an attempt and, if it takes longer than usual, a second one beside it. The first that ends well counts; if all fail, the first one's failure. */
final class AsyncRound<T> {
    private final AsyncCall<T> owner;
    private final Plan plan;
    private final CallContext context;
    private final List<AsyncAttempt<T>> attempts = new ArrayList<>(2); // guarded by this
    private int open; // guarded by this
    private boolean over; // guarded by this
    private @Nullable Throwable failure; // guarded by this
    private volatile Registration timer = () -> {};

    AsyncRound(AsyncCall<T> owner, Plan plan, CallContext context) {
        this.owner = owner;
        this.plan = plan;
        this.context = context;
    }

    void start() {
        Hedges hedges = plan.hedges();
        long delay = hedges == null ? LearnedDelay.UNKNOWN : hedges.begin(context);
        begin(new AsyncAttempt<>(this, plan, context));
        if (delay != LearnedDelay.UNKNOWN && isOpen()) {
            timer = owner.pipeline().environment().scheduler().schedule(Duration.ofNanos(delay), this::hedge);
            if (!isOpen()) {
                timer.close();
            }
        }
    }

    private synchronized boolean isOpen() {
        return !over && open > 0;
    }

    /** False if nobody waits for it any more. */
    private boolean begin(AsyncAttempt<T> attempt) {
        synchronized (this) {
            if (over) {
                return false;
            }
            attempts.add(attempt);
            open++;
        }
        attempt.start();
        return true;
    }

    /** Runs on the timer's thread. */
    private void hedge() {
        Hedges hedges = plan.hedges();
        if (hedges == null || !isOpen() || !hedges.withdraw()) {
            return;
        }
        CallContext beside = Retries.spend(context, plan, 1);
        Runnable second = () -> {
            if (!begin(new AsyncAttempt<>(this, plan, beside))) {
                hedges.ended(false);
            }
        };
        try {
            owner.pipeline().continuations().execute(beside.wrap(second));
        } catch (RejectedExecutionException noThread) {
            hedges.ended(false);
        }
    }

    void cancel() {
        end(null);
    }

    /** Nothing of this round but the winner counts any more; what runs is cancelled. */
    private boolean end(@Nullable AsyncAttempt<T> winner) {
        List<AsyncAttempt<T>> running;
        synchronized (this) {
            if (over) {
                return false;
            }
            over = true;
            running = List.copyOf(attempts);
        }
        timer.close();
        for (AsyncAttempt<T> attempt : running) {
            if (attempt.cancel()) {
                lost(attempt, winner);
            }
        }
        return true;
    }

    void succeeded(AsyncAttempt<T> attempt, @Nullable T value) {
        boolean counts = end(attempt);
        hedged(attempt, counts);
        if (counts) {
            owner.succeeded(value);
        }
    }

    void failed(AsyncAttempt<T> attempt, Throwable error) {
        Throwable reported;
        synchronized (this) {
            open--;
            if (failure == null) {
                failure = error;
            }
            reported = failure;
            hedged(attempt, false);
            if (over || open > 0) {
                return;
            }
            over = true;
        }
        timer.close();
        owner.failed(reported);
    }

    private void lost(AsyncAttempt<T> attempt, @Nullable AsyncAttempt<T> winner) {
        Hedges hedges = plan.hedges();
        if (hedges != null && winner != null && isSecond(winner)) {
            hedges.learn(attempt.elapsedNanos());
        } else {
            hedged(attempt, false);
        }
    }

    private void hedged(AsyncAttempt<T> attempt, boolean counted) {
        Hedges hedges = plan.hedges();
        if (hedges != null && isSecond(attempt)) {
            hedges.ended(counted);
        }
    }

    private synchronized boolean isSecond(AsyncAttempt<T> attempt) {
        return attempts.size() > 1 && attempts.get(1) == attempt;
    }

    AsyncCall<T> owner() {
        return owner;
    }
}
