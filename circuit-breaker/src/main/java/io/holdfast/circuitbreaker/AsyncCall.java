package io.holdfast.circuitbreaker;

import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One asynchronous call with its attempts, which follow one another. */
final class AsyncCall<T> {
    private final Pipeline pipeline;
    private final Supplier<? extends CompletionStage<T>> call;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private CallContext context = CallContext.current();
    private int made;
    private volatile Registration pending = () -> {};
    private volatile @Nullable Attempt attempt;

    AsyncCall(Pipeline pipeline, Supplier<? extends CompletionStage<T>> call) {
        this.pipeline = pipeline;
        this.call = call;
    }

    CompletableFuture<T> start() {
        if (pipeline.plan().retry() != null) {
            pipeline.policy().budget().deposit();
        }
        begin();
        if (!result.isDone()) {
            result.whenComplete((value, error) -> {
                if (result.isCancelled()) {
                    pending.close();
                    cancelAttempt();
                }
            });
        }
        return result;
    }

    private void begin() {
        if (result.isDone()) {
            return;
        }
        Plan plan = pipeline.plan();
        try {
            plan.enter(pipeline.place(), context.criticality());
        } catch (RuntimeException refused) {
            failed(refused);
            return;
        }
        Attempt next = new Attempt(plan);
        attempt = next;
        next.start();
        if (result.isCancelled()) {
            next.end(null, new CancellationException());
        }
    }

    private void cancelAttempt() {
        Attempt current = attempt;
        if (current != null) {
            current.end(null, new CancellationException("the caller cancelled"));
        }
    }

    private void succeeded(@Nullable T value) {
        if (pipeline.plan().retry() != null) {
            pipeline.policy().counts().succeeded(made);
        }
        result.complete(value);
    }

    private void failed(Throwable error) {
        long wait =
                result.isDone() ? Retries.NONE : pipeline.retries().waitNanos(error, made, pipeline.plan(), context);
        if (wait == Retries.NONE) {
            giveUp(error);
            return;
        }
        pending = pipeline.policy().waits().begin(wait, () -> onward(this::retry, error), () -> giveUp(error));
    }

    private void retry() {
        made++;
        context = Retries.spend(context);
        begin();
    }

    private void giveUp(Throwable error) {
        if (pipeline.plan().retry() != null) {
            pipeline.policy().counts().failed(made);
        }
        result.completeExceptionally(error);
    }

    /** What comes next is code of users, which must not hold up the timers. If there is no thread for it, the call ends with the error; false then. */
    private boolean onward(Runnable step, Throwable error) {
        try {
            pipeline.continuations().execute(context.wrap(step));
            return true;
        } catch (RejectedExecutionException overloaded) {
            error.addSuppressed(overloaded);
            giveUp(error);
            return false;
        }
    }

    /** One attempt: it entered the stages and leaves them exactly once, whoever ends it. */
    private final class Attempt {
        private final Plan plan;
        private final long startNanos = pipeline.environment().clock().nanoTime();
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile Registration timer = () -> {};
        private volatile @Nullable CompletionStage<T> stage;

        Attempt(Plan plan) {
            this.plan = plan;
        }

        void start() {
            Duration timeout = plan.timeout();
            CallContext within = context;
            try {
                if (timeout != null) {
                    within = context.withDeadline(context.deadline().earlier(Deadline.after(startNanos, timeout)));
                    timer = pipeline.environment().scheduler().schedule(timeout, () -> ranOut(timeout));
                }
                CompletionStage<T> started = within.call(call::get);
                stage = started;
                started.whenComplete((value, error) -> end(value, error));
                if (ended.get()) {
                    cancelStage();
                }
            } catch (Throwable e) {
                end(null, e);
            }
        }

        private void ranOut(Duration timeout) {
            if (ended.compareAndSet(false, true)) {
                Throwable error = pipeline.timedOut(timeout, null);
                pipeline.leave(plan, context.criticality(), startNanos, error);
                boolean handedOver = onward(
                        () -> {
                            cancelStage();
                            failed(error);
                        },
                        error);
                if (!handedOver) {
                    cancelStage();
                }
            }
        }

        void end(@Nullable T value, @Nullable Throwable error) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            timer.close();
            Throwable cause = error == null ? null : Pipeline.unwrap(error);
            pipeline.leave(plan, context.criticality(), startNanos, cause);
            if (plan.timeout() != null) {
                pipeline.policy().counts().endedInTime(cause == null);
            }
            if (result.isCancelled()) {
                cancelStage();
            } else if (cause == null) {
                succeeded(value);
            } else {
                failed(cause);
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
}
