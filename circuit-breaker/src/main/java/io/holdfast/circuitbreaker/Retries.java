package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.RetryLedger;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides whether and when a failed call is tried again. Off the hot path: used only after a failure. */
final class Retries {
    /** No retry. */
    static final long NONE = -1;

    private static final Logger log = LoggerFactory.getLogger(Retries.class);

    private final Policy policy;
    private final Pipeline.Asked asked;
    private final Environment environment;
    private final RandomGenerator random;
    private final AtomicBoolean brokenNoted = new AtomicBoolean();

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
        long wait = 0;
        for (int made = 0; ; ) {
            Plan current = plan.get();
            wait = waitNanos(last, made, wait, current, context);
            if (wait == NONE || !pause(wait, last)) {
                policy.counts().failed(made);
                throw last;
            }
            made++;
            context = spend(context, current, made);
            try {
                T value = context.call(attempt);
                policy.counts().succeeded(made);
                return value;
            } catch (Exception e) {
                last = e;
            }
        }
    }

    /**
     * The context of a retry. It counts for all calls below it as well: a request whose budget nobody has limited gets what is left of this call's own retries, so that the tiers of a chain do not
     * multiply theirs.
     */
    static CallContext spend(CallContext context, Plan plan, int made) {
        int left = context.retryBudget();
        if (left != CallContext.UNLIMITED_RETRIES) {
            return context.withRetryBudget(Math.max(0, left - 1));
        }
        RetryConfig retry = plan.retry();
        return context.withRetryBudget(retry == null ? 0 : Math.max(0, retry.maxRetries() - made));
    }

    /** How long to wait before the next retry, or {@link #NONE}. Takes a token of the budget if there is a next one. */
    long waitNanos(Throwable error, int made, long previousNanos, Plan plan, CallContext context) {
        noteInVain(error, context);
        RetryConfig retry = plan.retry();
        if (retry == null || retry.maxRetries() == 0 || !asked.judgement().retryable(error, asked.idempotent())) {
            return NONE;
        }
        long wait = made < retry.maxRetries() && context.retryBudget() > 0
                ? allowedWait(error, made, previousNanos, retry, context)
                : NONE;
        if (wait == NONE) {
            exhausted(context);
        }
        return wait;
    }

    private long allowedWait(Throwable error, int made, long previousNanos, RetryConfig retry, CallContext context) {
        long wait = backoffNanos(error, made, Duration.ofNanos(previousNanos), retry);
        Optional<Duration> asksFor = retryAfter(error);
        if (asksFor.isPresent()) {
            if (asksFor.get().compareTo(retry.maxBackoff()) > 0) {
                return NONE;
            }
            wait = Math.max(wait, asksFor.get().toNanos());
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

    private long backoffNanos(Throwable error, int made, Duration previous, RetryConfig retry) {
        Backoff own = asked.backoff();
        if (own != null) {
            try {
                return nanos(own.wait(made, previous, error), retry);
            } catch (Throwable broken) {
                broken("backoff", error, broken);
            }
        }
        return nanos(Backoff.of(retry, random).wait(made, previous, error), retry);
    }

    private static long nanos(Duration wait, RetryConfig retry) {
        return wait.isNegative() ? 0 : min(wait, retry.maxBackoff()).toNanos();
    }

    private Optional<Duration> retryAfter(Throwable error) {
        if (error instanceof HoldfastException advised) {
            return advised.retryAfter();
        }
        try {
            return asked.retryAfter().apply(error).map(wait -> wait.isNegative() ? Duration.ZERO : wait);
        } catch (Throwable broken) {
            broken("retryAfter", error, broken);
            return Optional.empty();
        }
    }

    /** A function of the user that throws neither hides the failure of the call nor keeps it from ending. */
    private void broken(String function, Throwable error, Throwable broken) {
        if (error != broken) {
            error.addSuppressed(broken);
        }
        if (brokenNoted.compareAndSet(false, true)) {
            log.warn(
                    "the function given as {}(...) for {} threw; the retry goes on without it, and this is said once; correct the function",
                    function,
                    asked.place(),
                    broken);
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** Who is served by this call learns that trying it again is of no use. */
    private static void exhausted(CallContext context) {
        context.ledger().ifPresent(RetryLedger::exhausted);
    }

    /** What was retried in vain further down is so for who is served by this call as well, also where this tier does not retry. */
    static void noteInVain(Throwable error, CallContext context) {
        if (error instanceof HoldfastException advised && advised.retry() == Retry.EXHAUSTED) {
            exhausted(context);
        }
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
