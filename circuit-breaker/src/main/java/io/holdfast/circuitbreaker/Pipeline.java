package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.caffeine.ResultCache;
import io.holdfast.circuitbreaker.chaos.FaultStage;
import io.holdfast.circuitbreaker.chaos.Watch;
import io.holdfast.circuitbreaker.config.CacheConfig;
import io.holdfast.circuitbreaker.config.CoalesceConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.DurationText;
import io.holdfast.core.Retry;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls things through the stages of a policy, always in this order, outermost first:
 *
 * <pre>fallback &gt; cache &gt; coalesce &gt; retry (budgeted) &gt; hedge &gt; circuit breaker &gt; rate limit &gt; adaptive limit &gt; bulkhead &gt; timeout &gt; fault &gt; call</pre>
 *
 * <p>So a retry is a new attempt for the breaker; a call that the rate limit, the adaptive limit or the bulkhead refuses says nothing about the callee and does not count for the breaker; a
 * timeout covers one attempt, and a slow call holds its place until it really ended. Resolved once and safe for use by many threads.
 */
public final class Pipeline {
    /** What the code asked for, apart from numbers in the configuration. */
    record Asked(
            String policy,
            String place,
            Set<Policy.Stage> stages,
            boolean idempotent,
            boolean retry,
            int maxRetries,
            boolean hedge,
            @Nullable CacheConfig cache,
            @Nullable Duration timeout,
            @Nullable Backoff backoff,
            Function<Throwable, Optional<Duration>> retryAfter,
            Judgement judgement) {
        boolean wants(Policy.Stage stage) {
            return stages.contains(stage);
        }

        @Nullable CoalesceConfig coalesceNumbers() {
            return wants(Policy.Stage.COALESCE) ? CoalesceConfig.DEFAULT : null;
        }

        @Nullable RetryConfig retryNumbers() {
            if (!retry) {
                return null;
            }
            return maxRetries < 0 ? RetryConfig.DEFAULT : RetryConfig.DEFAULT.withMaxRetries(maxRetries);
        }
    }

    private final Policy policy;
    private final Asked asked;
    private final Environment environment;
    private final Executor continuations;
    private final FaultStage fault;
    private final Retries retries;
    private final StandIn standIn;
    private final KeyedCalls keyed = new KeyedCalls(this);
    private @Nullable ResultCache cache; // guarded by this; kept through changes of the numbers
    private volatile Plan plan;

    Pipeline(Policy policy, Asked asked, Environment environment, Executor continuations, FaultStage fault) {
        this.policy = policy;
        this.asked = asked;
        this.environment = environment;
        this.continuations = continuations;
        this.fault = fault;
        this.retries = new Retries(policy, asked, environment);
        this.standIn = new StandIn(asked.judgement());
        this.plan = newPlan();
    }

    /**
     * Calls on this thread. A timeout interrupts the thread; a call that does not heed that is reported as timed out when it returns.
     *
     * @param call what to call
     * @param <T> its result
     * @return its result
     * @throws CircuitOpenException if the breaker is open; nothing was done
     * @throws RateLimitedException if the calls of this period are used up; nothing was done
     * @throws io.holdfast.core.OverloadedException if as many calls run as the adaptive limit has learnt; nothing was done
     * @throws BulkheadFullException if as many calls run as may; nothing was done
     * @throws DeadlineExceededException if the last attempt reached its timeout; the outcome is unknown
     * @throws InterruptedException if the thread is interrupted by somebody else while it waits for a retry
     * @throws Exception what the last attempt threw
     */
    public <T> T call(Callable<T> call) throws Exception {
        Watch watch = fault.watch();
        try {
            return watch == null ? called(call) : new WatchedCall(watch, asked.judgement()).call(() -> called(call));
        } catch (FailedResult last) {
            @SuppressWarnings("unchecked") // the value came out of this call
            T value = (T) last.value();
            return value;
        }
    }

    /**
     * Calls on this thread, unless a kept result or the same call of another thread answers: the stages {@code cache} and {@code coalesce} are passed only by calls with a key.
     *
     * @param key what makes two calls the same, with {@code equals}; it must tell apart for whom calls are made, where that matters
     * @param call what to call
     * @param <T> its result
     * @return its result, or that of the same call; not to be changed by who gets it
     * @throws Exception as {@link #call(Callable)}
     */
    public <T> T call(Object key, Callable<T> call) throws Exception {
        Plan current = plan();
        return current.keyed() ? keyed.call(key, call, current) : call(call);
    }

    /**
     * Calls something that answers later, unless a kept result or the same call of another thread answers.
     *
     * @param key what makes two calls the same, see {@link #call(Object, Callable)}
     * @param call starts the call; must not block
     * @param <T> the result
     * @return a future as that of {@link #callAsync(Supplier)}
     */
    public <T> CompletableFuture<T> callAsync(Object key, Supplier<? extends CompletionStage<T>> call) {
        Plan current = plan();
        return current.keyed() ? keyed.callAsync(key, call, current) : callAsync(call);
    }

    private <T> T called(Callable<T> call) throws Exception {
        Plan current = plan();
        if (current.retry() == null) {
            try {
                return round(current, call);
            } catch (Exception e) {
                Retries.noteInVain(e, CallContext.current());
                throw e;
            }
        }
        policy.budget().deposit();
        T value;
        try {
            value = round(current, call);
        } catch (Exception e) {
            return retries.afterFailure(e, () -> round(plan(), call), this::plan);
        }
        policy.counts().succeeded(0);
        return value;
    }

    /**
     * Calls on this thread, and answers in place of a call that failed for good.
     *
     * @param call what to call
     * @param fallback gives the answer; not asked for an exception that is an answer itself, that says {@link Retry#NEVER}, or that comes from cancelling
     * @param <T> the result
     * @return the result of the call or of the fallback
     * @throws Exception what the last attempt threw and the fallback is not asked for, or what the fallback threw
     */
    public <T> T call(Callable<T> call, Function<? super Throwable, ? extends T> fallback) throws Exception {
        return standIn.call(() -> call(call), fallback::apply);
    }

    /**
     * Calls something that answers later. Retries are started on a thread of the policies in the {@link CallContext} of the caller.
     *
     * @param call starts the call; must not block
     * @param <T> the result
     * @return a future that fails with the same exceptions as {@link #call(Callable)}; cancelling it cancels the attempt and stops the retries
     */
    public <T> CompletableFuture<T> callAsync(Supplier<? extends CompletionStage<T>> call) {
        Watch watch = fault.watch();
        CompletableFuture<T> called = new AsyncCall<>(this, call).start();
        return watch == null ? called : new WatchedCall(watch, asked.judgement()).follow(called);
    }

    /**
     * Calls something that answers later, and answers in place of a call that failed for good.
     *
     * @param call starts the call; must not block
     * @param fallback gives the answer, in the {@link CallContext} of the caller and on the thread that ended the call, so it must not block; not asked in the cases named at
     *     {@link #call(Callable, Function)}
     * @param <T> the result
     * @return a future as that of {@link #callAsync(Supplier)}
     */
    public <T> CompletableFuture<T> callAsync(
            Supplier<? extends CompletionStage<T>> call,
            Function<? super Throwable, ? extends CompletionStage<T>> fallback) {
        return standIn.follow(callAsync(call), fallback);
    }

    /** Answers in place of calls that failed for good. */
    StandIn standIn() {
        return standIn;
    }

    /**
     * The stages in their order with the numbers in use.
     *
     * @return for instance {@code retry(2, 50ms to 1s, budget 10.0%) > circuit-breaker(50.0% of 20 calls, closed) > call}
     */
    public String describe() {
        return plan().describe(fault.describe());
    }

    Plan plan() {
        Plan current = plan;
        return current.source() == policy.live() ? current : changedPlan();
    }

    private synchronized Plan changedPlan() {
        plan = newPlan();
        return plan;
    }

    private Plan newPlan() {
        Plan made = Plan.of(policy.live(), asked, this::cache);
        if (made.keyed()) {
            policy.keyed().publish();
        }
        return made;
    }

    private synchronized ResultCache cache(CacheConfig numbers) {
        ResultCache current = cache;
        if (current == null) {
            current = new ResultCache(numbers, environment.clock());
            cache = current;
        } else {
            current.change(numbers);
        }
        return current;
    }

    /** One attempt or, if that takes longer than usual, two. */
    private <T> T round(Plan current, Callable<T> call) throws Exception {
        Hedges hedges = current.hedges();
        long delay = hedges == null ? LearnedDelay.UNKNOWN : hedges.begin(CallContext.current());
        return hedges == null || delay == LearnedDelay.UNKNOWN
                ? attempt(current, call)
                : new HedgedCall<>(this, hedges, () -> attempt(current, call)).call(delay);
    }

    private <T> T attempt(Plan current, Callable<T> call) throws Exception {
        CallContext context = CallContext.current();
        enter(current, context);
        long startNanos = current.timed() ? environment.clock().nanoTime() : 0;
        CallPool pool = current.pool();
        PooledCall<T> pooled = pool == null ? null : new PooledCall<>(this, pool, context, () -> timed(current, call));
        T value;
        try {
            value = pooled == null ? timed(current, call) : pooled.call();
        } catch (Throwable e) {
            if (pooled != null && pooled.isRefusal(e)) {
                withdraw(current, context, startNanos);
            } else {
                leave(current, context, startNanos, e);
            }
            throw e;
        }
        FailedResult failed = failureOf(value);
        leave(current, context, startNanos, failed);
        if (failed != null) {
            throw failed;
        }
        return value;
    }

    /** Passes the gates, or throws with nothing taken. No work is begun after its deadline. */
    void enter(Plan current, CallContext context) {
        Deadline deadline = context.deadline();
        if (!deadline.isNone() && deadline.isExpired(environment.clock().nanoTime())) {
            throw new DeadlineExceededException(
                    asked.place()
                            + " was not begun: the deadline of the request has passed; allow more time, or find what was slow before");
        }
        current.enter(asked.place(), context.criticality());
    }

    /** The failure that a result stands for, or null. */
    @Nullable FailedResult failureOf(@Nullable Object value) {
        return asked.judgement().failure(value);
    }

    private <T> T timed(Plan current, Callable<T> call) throws Exception {
        Duration timeout = current.timeout();
        return timeout == null ? fault.call(call) : new TimedCall<T>(this, timeout, environment).call(call);
    }

    /** Gives back what the plan's gates took; exactly once for each attempt that they let in. */
    void leave(Plan current, CallContext context, long startNanos, @Nullable Throwable error) {
        long nanos = elapsed(current, startNanos);
        Ending ending = asked.judgement().ending(error);
        Hedges hedges = current.hedges();
        if (hedges != null && ending == Ending.GOOD) {
            hedges.learn(nanos);
        }
        current.leave(context.criticality(), ending, nanos, error);
    }

    /** Gives back what the plan's gates took for an attempt that was not made after all. */
    void withdraw(Plan current, CallContext context, long startNanos) {
        current.withdraw(context.criticality(), elapsed(current, startNanos));
    }

    private long elapsed(Plan current, long startNanos) {
        return current.timed() ? environment.clock().nanoTime() - startNanos : 0;
    }

    DeadlineExceededException timedOut(Duration timeout, @Nullable Throwable cause) {
        policy.counts().timedOut();
        return new DeadlineExceededException(
                asked.place() + " took longer than its timeout (" + DurationText.of(timeout)
                        + ") and was cancelled; find what is slow or raise holdfast.policies." + policy.name()
                        + ".timeout",
                cause);
    }

    /**
     * What is known of the instances of the callee.
     *
     * @return the instances' breakers, or null if the policy has none
     */
    public @Nullable Instances instances() {
        return plan().instances();
    }

    /** Whether calls with a key pass a stage that others do not. */
    boolean isKeyed() {
        return plan().keyed();
    }

    Judgement judgement() {
        return asked.judgement();
    }

    String place() {
        return asked.place();
    }

    Policy policy() {
        return policy;
    }

    Retries retries() {
        return retries;
    }

    Environment environment() {
        return environment;
    }

    FaultStage fault() {
        return fault;
    }

    Executor continuations() {
        return continuations;
    }

    /** What a stage really failed with. */
    static Throwable unwrap(Throwable error) {
        Throwable cause = error;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
