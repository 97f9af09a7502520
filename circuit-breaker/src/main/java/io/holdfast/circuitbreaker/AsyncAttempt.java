package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.chaos.StartedStage;
import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One asynchronous attempt: it enters the gates and leaves them exactly once, whoever ends it; who ends it before it has entered leaves that to the thread that enters. */
final class AsyncAttempt<T> {
    private enum State {
        NEW,
        ENTERED,
        ENDED
    }

    private final AsyncRound<T> round;
    private final Pipeline pipeline;
    private final Plan plan;
    private final CallContext context;
    private volatile long startNanos;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final AtomicReference<@Nullable Runnable> over = new AtomicReference<>();
    private final CallPool.Turn turn = new PooledTurn();
    private volatile Registration timer = () -> {};
    private final StartedStage<T> stage = new StartedStage<>();

    AsyncAttempt(AsyncRound<T> round, Plan plan, CallContext context) {
        this.round = round;
        this.pipeline = round.owner().pipeline();
        this.plan = plan;
        this.context = context;
    }

    void start() {
        if (isEnded()) {
            return;
        }
        try {
            pipeline.enter(plan, context);
        } catch (Throwable refused) {
            if (state.getAndSet(State.ENDED) == State.NEW) {
                round.failed(this, refused);
            }
            return;
        }
        startNanos = plan.timed() ? pipeline.environment().clock().nanoTime() : 0;
        if (!state.compareAndSet(State.NEW, State.ENTERED)) {
            pipeline.withdraw(plan, context, startNanos); // cancelled on the way in
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
    private final class PooledTurn implements CallPool.Turn {
        @Override
        public void run(Runnable ownTurnOver) {
            over.set(ownTurnOver);
            if (isEnded()) {
                releaseTurn();
            } else {
                context.run(AsyncAttempt.this::begin);
            }
        }

        @Override
        public void refused(HoldfastException error) {
            if (end()) {
                pipeline.withdraw(plan, context, startNanos);
                round.failed(AsyncAttempt.this, error);
            }
        }
    }

    private void releaseTurn() {
        Runnable ownTurnOver = over.getAndSet(null);
        if (ownTurnOver != null) {
            ownTurnOver.run();
        }
    }

    /** How long ago it began; known where a stage wants to know. */
    long elapsedNanos() {
        return pipeline.environment().clock().nanoTime() - startNanos;
    }

    private boolean isEnded() {
        return state.get() == State.ENDED;
    }

    private boolean end() {
        return state.compareAndSet(State.ENTERED, State.ENDED);
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
            CompletionStage<T> started =
                    within.call(() -> pipeline.fault().callAsync(round.owner().call(), pipeline.continuations()));
            stage.set(started);
            started.whenComplete((value, error) -> end(value, error));
            if (isEnded()) {
                timer.close();
                stage.cancel();
            }
        } catch (Throwable e) {
            end(null, e);
        }
    }

    /** Nobody waits for it any more. False if it has ended by itself. */
    boolean cancel() {
        State was = state.getAndSet(State.ENDED);
        if (was == State.ENTERED) {
            timer.close();
            leave(new CancellationException("the caller cancelled"));
            stage.cancel();
        }
        return was != State.ENDED;
    }

    private void ranOut(Duration timeout) {
        if (end()) {
            Throwable error = pipeline.timedOut(timeout, null);
            leave(error);
            boolean handedOver = round.owner()
                    .onward(
                            () -> {
                                stage.cancel();
                                round.failed(this, error);
                            },
                            error);
            if (!handedOver) {
                stage.cancel();
            }
        }
    }

    private void end(@Nullable T value, @Nullable Throwable error) {
        if (!end()) {
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
}
