package io.holdfast.circuitbreaker;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A call on the caller's thread that gets a second attempt beside it, on a thread of the policies, when it takes longer than usual. The first that ends well counts; the other is interrupted. If both
 * fail, the first one's failure counts.
 */
final class HedgedCall<T> {
    /** What the second attempt ended with. */
    private record Outcome<T>(@Nullable T value, @Nullable Throwable error) {}

    private final Pipeline pipeline;
    private final Hedges hedges;
    private final Callable<T> attempt;
    private final CallContext context = CallContext.current();
    private final Interruption first = new Interruption();
    private final CompletableFuture<Outcome<T>> second = new CompletableFuture<>();
    private @Nullable Interruption running; // guarded by this
    private boolean begun; // guarded by this
    private boolean over; // guarded by this

    /**
     * Prepares a call.
     *
     * @param attempt makes one attempt, through all that stands inside the hedge
     */
    HedgedCall(Pipeline pipeline, Hedges hedges, Callable<T> attempt) {
        this.pipeline = pipeline;
        this.hedges = hedges;
        this.attempt = attempt;
    }

    T call(long delayNanos) throws Exception {
        long startNanos = pipeline.environment().clock().nanoTime();
        Registration timer = pipeline.environment().scheduler().schedule(Duration.ofNanos(delayNanos), this::begin);
        T value;
        try {
            value = attempt.call();
        } catch (Exception e) {
            timer.close();
            if (first.ended()) {
                hedges.learn(pipeline.environment().clock().nanoTime() - startNanos);
            }
            return orSecond(e);
        } catch (Throwable e) {
            timer.close();
            first.ended();
            stopSecond();
            throw e;
        }
        timer.close();
        first.ended();
        stopSecond();
        return value;
    }

    /** The first attempt failed or was interrupted: the second one counts, if there is one and it ends well. */
    @SuppressWarnings("NullAway") // null is a value of T where the call gives null
    private T orSecond(Exception failure) throws Exception {
        if (!closed()) {
            throw failure;
        }
        Outcome<T> outcome;
        try {
            outcome = second.get();
        } catch (InterruptedException e) {
            stopSecond();
            throw e;
        }
        hedges.ended(outcome.error() == null);
        if (outcome.error() == null) {
            return outcome.value();
        }
        if (outcome.error() != failure) {
            failure.addSuppressed(outcome.error());
        }
        throw failure;
    }

    /** No second attempt begins any more; true if one has begun. */
    private synchronized boolean closed() {
        over = true;
        return begun;
    }

    /** Whatever the second attempt ends with, if there is one, it does not count. */
    private void stopSecond() {
        Interruption other;
        synchronized (this) {
            over = true;
            other = running;
            if (begun) {
                hedges.ended(false);
            }
        }
        if (other != null) {
            other.fire();
        }
    }

    /** Runs on the timer's thread. */
    private void begin() {
        synchronized (this) {
            if (over || !hedges.withdraw()) {
                return;
            }
            begun = true;
        }
        CallContext beside = Retries.spend(context, pipeline.plan(), 1);
        try {
            pipeline.continuations().execute(beside.wrap(this::runSecond));
        } catch (RejectedExecutionException noThread) {
            second.complete(new Outcome<>(null, noThread));
        }
    }

    private void runSecond() {
        Interruption self = new Interruption();
        synchronized (this) {
            if (over) {
                second.complete(new Outcome<>(null, new CancellationException("the first attempt was quicker")));
                return;
            }
            running = self;
        }
        Outcome<T> outcome;
        try {
            outcome = new Outcome<>(attempt.call(), null);
        } catch (Throwable e) {
            outcome = new Outcome<>(null, e);
        }
        self.ended();
        second.complete(outcome);
        if (outcome.error() == null) {
            first.fire();
        }
    }
}
