package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Decides whether and when a failed call is tried again. Off the hot path: used only after a failure. */
final class Retries {
    /** No retry. */
    static final long NONE = -1;

    private final Policy policy;
    private final Pipeline.Asked asked;
    private final Environment environment;
    private final RandomGenerator random;

    Retries(Policy policy, Pipeline.Asked asked, Environment environment) {
        this.policy = policy;
        this.asked = asked;
        this.environment = environment;
        this.random = environment.random().split("circuit-breaker/retry/" + policy.name());
    }

    /** Tries a synchronous call again until it ends well or no retry is left. */
    <T> T afterFailure(Exception first, Callable<T> attempt, Supplier<Plan> plan) throws Exception {
        Exception last = first;
        CallContext context = CallContext.current();
        for (int made = 0; ; ) {
            long wait = waitNanos(last, made, plan.get(), context);
            if (wait == NONE || !pause(wait, last)) {
                policy.counts().failed(made);
                throw last;
            }
            made++;
            context = spend(context);
            try {
                T value = context.call(attempt);
                policy.counts().succeeded(made);
                return value;
            } catch (Exception e) {
                last = e;
            }
        }
    }

    /** A retry of this call counts for all calls below it as well. */
    static CallContext spend(CallContext context) {
        int left = context.retryBudget();
        return left == CallContext.UNLIMITED_RETRIES ? context : context.withRetryBudget(left - 1);
    }

    /** How long to wait before the next retry, or {@link #NONE}. Takes a token of the budget if there is a next one. */
    long waitNanos(Throwable error, int made, Plan plan, CallContext context) {
        RetryConfig retry = plan.retry();
        if (retry == null || made >= retry.maxRetries() || context.retryBudget() == 0 || !retryable(error)) {
            return NONE;
        }
        long wait = backoffNanos(retry, made);
        if (error instanceof HoldfastException advised && advised.retryAfter().isPresent()) {
            Duration asksFor = advised.retryAfter().get();
            if (asksFor.compareTo(retry.maxBackoff()) > 0) {
                return NONE;
            }
            wait = Math.max(wait, asksFor.toNanos());
        }
        if (context.deadline().remainingNanos(environment.clock().nanoTime()) <= wait) {
            return NONE;
        }
        if (!policy.budget().withdraw()) {
            policy.exhausted().note();
            return NONE;
        }
        return wait;
    }

    private boolean retryable(Throwable error) {
        if (asked.answered(error)
                || !(error instanceof Exception)
                || error instanceof InterruptedException
                || error instanceof CancellationException) {
            return false;
        }
        Retry advice = error instanceof HoldfastException advised ? advised.retry() : Retry.IF_IDEMPOTENT;
        return advice == Retry.SAFE || (advice == Retry.IF_IDEMPOTENT && asked.idempotent());
    }

    private long backoffNanos(RetryConfig retry, int made) {
        double grown = retry.backoff().toNanos() * Math.pow(retry.multiplier(), made);
        double capped = Math.min(grown, retry.maxBackoff().toNanos());
        double drawn;
        synchronized (random) {
            drawn = random.nextDouble();
        }
        return (long) (capped * (1 - retry.jitter() * drawn));
    }

    /** False if the policies were closed meanwhile. Waits for a timer and not for the clock, so that virtual time works. */
    private boolean pause(long nanos, Exception last) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        AtomicBoolean over = new AtomicBoolean();
        Registration wait = policy.waits()
                .begin(
                        nanos,
                        () -> {
                            over.set(true);
                            ended.countDown();
                        },
                        ended::countDown);
        try {
            ended.await();
            return over.get();
        } catch (InterruptedException e) {
            wait.close();
            e.addSuppressed(last);
            throw e;
        }
    }
}
