package io.holdfast.circuitbreaker;

import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One asynchronous attempt: it enters the gates and leaves them exactly once, whoever ends it. */
final class AsyncAttempt<T> {
    private final AsyncRound<T> round;
    private final Pipeline pipeline;
    private final Plan plan;
    private final CallContext context;
    private final long startNanos;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicReference<@Nullable Runnable> over = new AtomicReference<>();
    private final CallPool.Turn turn = this::begin;
    private volatile Registration timer = () -> {};
    private volatile @Nullable CompletionStage<T> stage;

    AsyncAttempt(AsyncRound<T> round, Plan plan, CallContext context) {
        this.round = round;
        this.pipeline = round.owner().pipeline();
        this.plan = plan;
        this.context = context;
        this.startNanos = pipeline.environment().clock().nanoTime();
    }

    void start() {
        try {
            pipeline.enter(plan, context);
        } catch (RuntimeException refused) {
            ended.set(true);
            round.failed(this, refused);
            return;
        }
        CallPool pool = plan.pool();
        if (pool == null) {
            begin();
        } else {
            pool.submit(turn);
        }
    }

    /** Has its turn on a thread of the pool, and keeps it until the stage ends. */
    private void begin(Runnable ownTurnOver) {
        over.set(ownTurnOver);
        if (ended.get()) {
            releaseTurn();
        } else {
            context.run(this::begin);
        }
    }

    private void releaseTurn() {
        Runnable ownTurnOver = over.getAndSet(null);
        if (ownTurnOver != null) {
            ownTurnOver.run();
        }
    }

    private void begin() {
        Duration timeout = plan.timeout();
        CallContext within = context;
        try {
            if (timeout != null) {
                within = context.withDeadline(context.deadline()
                        .earlier(Deadline.after(pipeline.environment().clock().nanoTime(), timeout)));
                timer = pipeline.environment().scheduler().schedule(timeout, () -> ranOut(timeout));
            }
            CompletionStage<T> started = within.call(round.owner().call()::get);
            stage = started;
            started.whenComplete((value, error) -> end(value, error));
            if (ended.get()) {
                cancelStage();
            }
        } catch (Throwable e) {
            end(null, e);
        }
    }

    /** Nobody waits for it any more. */
    void cancel() {
        if (ended.compareAndSet(false, true)) {
            timer.close();
            leave(new CancellationException("the caller cancelled"));
            cancelStage();
        }
    }

    private void ranOut(Duration timeout) {
        if (ended.compareAndSet(false, true)) {
            Throwable error = pipeline.timedOut(timeout, null);
            leave(error);
            boolean handedOver = round.owner()
                    .onward(
                            () -> {
                                cancelStage();
                                round.failed(this, error);
                            },
                            error);
            if (!handedOver) {
                cancelStage();
            }
        }
    }

    private void end(@Nullable T value, @Nullable Throwable error) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        timer.close();
        Throwable cause = error == null ? pipeline.failureOf(value) : Pipeline.unwrap(error);
        leave(cause);
        if (plan.timeout() != null) {
            pipeline.policy().counts().endedInTime(cause == null);
        }
        if (cause == null) {
            round.succeeded(this, value);
        } else {
            round.failed(this, cause);
        }
    }

    private void leave(@Nullable Throwable error) {
        pipeline.leave(plan, context, startNanos, error);
        CallPool pool = plan.pool();
        if (pool != null && !pool.withdraw(turn)) {
            releaseTurn();
        }
    }

    private void cancelStage() {
        CompletionStage<T> started = stage;
        if (started != null) {
            try {
                started.toCompletableFuture().cancel(true);
            } catch (UnsupportedOperationException notAFuture) {
                // a stage that cannot be cancelled runs to its end; nobody waits for it
            }
        }
    }
}
