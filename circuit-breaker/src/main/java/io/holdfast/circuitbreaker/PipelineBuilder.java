package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.circuitbreaker.config.CacheConfig;
import io.holdfast.core.Check;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Says which stages a pipeline has. The order of the calls does not matter: the order of the stages is fixed, see {@link Pipeline}. Numbers in the configuration win. For use
 * by one thread.
 */
public final class PipelineBuilder {
    private static final String REPEATED = "a second attempt may repeat the effect of the first";
    private static final String LEFT_OUT = "a caller may get an answer without its call having had its effect";

    private final Policy policy;
    private final Environment environment;
    private final Executor continuations;
    private final Chaos chaos;
    private final Set<Policy.Stage> stages = EnumSet.noneOf(Policy.Stage.class);
    private String place;
    private String service = "";
    private boolean idempotent;
    private boolean retry;
    private int maxRetries = -1;
    private @Nullable Duration timeout;
    private @Nullable CallLimit limit;
    private @Nullable CacheConfig cache;
    private @Nullable Backoff backoff;
    private Function<Throwable, Optional<Duration>> retryAfter = error -> Optional.empty();
    private Judgement judgement = Judgement.DEFAULT;

    PipelineBuilder(Policy policy, Environment environment, Executor continuations, Chaos chaos) {
        this.policy = policy;
        this.environment = environment;
        this.continuations = continuations;
        this.chaos = chaos;
        this.place = policy.name();
    }

    /**
     * Names the calls, for messages.
     *
     * @param name for instance {@code catalog.search}
     * @return this
     */
    public PipelineBuilder named(String name) {
        this.place = name;
        return this;
    }

    /**
     * Names the service that is called, by which experiments can choose the calls.
     *
     * @param name for instance {@code catalog}
     * @return this
     */
    public PipelineBuilder service(String name) {
        this.service = name;
        return this;
    }

    /**
     * Stops calls while too many fail or are slow.
     *
     * @return this
     */
    public PipelineBuilder circuitBreaker() {
        stages.add(Policy.Stage.CIRCUIT_BREAKER);
        return this;
    }

    /**
     * Bounds how many calls run at once by a number that is learnt from how long they take, lowest criticality refused first.
     *
     * @return this
     */
    public PipelineBuilder adaptiveLimit() {
        stages.add(Policy.Stage.ADAPTIVE_LIMIT);
        return this;
    }

    /**
     * Leaves an instance of the callee alone while too many calls of it fail or are slow. Whoever chooses the instance asks {@link Pipeline#instances()}; clients of services do.
     *
     * @return this
     */
    public PipelineBuilder instanceCircuitBreaker() {
        stages.add(Policy.Stage.INSTANCE_CIRCUIT_BREAKER);
        return this;
    }

    /**
     * Bounds how many calls run at once.
     *
     * @return this
     */
    public PipelineBuilder bulkhead() {
        stages.add(Policy.Stage.BULKHEAD);
        return this;
    }

    /**
     * Bounds how many calls begin in a period; the configuration must say how many.
     *
     * @return this
     */
    public PipelineBuilder rateLimit() {
        stages.add(Policy.Stage.RATE_LIMIT);
        return this;
    }

    /**
     * Bounds how long an attempt takes; the configuration must say how long.
     *
     * @return this
     */
    public PipelineBuilder timeout() {
        stages.add(Policy.Stage.TIMEOUT);
        return this;
    }

    /**
     * Bounds how long an attempt takes.
     *
     * @param value longer than zero; a number in the configuration wins
     * @return this
     * @throws IllegalArgumentException if it is not longer than zero
     */
    public PipelineBuilder timeout(Duration value) {
        this.timeout = Check.positive("timeout", value);
        return this;
    }

    /**
     * Says how long calls may take in all, so that a timeout that could never end an attempt is refused, here and when the numbers change.
     *
     * @param value how long, and where that is set
     * @return this
     */
    public PipelineBuilder within(CallLimit value) {
        this.limit = value;
        return this;
    }

    /**
     * Says that making a call twice has the effect of making it once.
     *
     * @return this
     */
    public PipelineBuilder idempotent() {
        this.idempotent = true;
        return this;
    }

    /**
     * Tries failed calls again; the calls must be {@link #idempotent()}.
     *
     * @return this
     */
    public PipelineBuilder retry() {
        this.retry = true;
        return this;
    }

    /**
     * Tries failed calls again; the calls must be {@link #idempotent()}.
     *
     * @param max how often at most, 0 to 100; a number in the configuration wins
     * @return this
     * @throws IllegalArgumentException if it is out of bounds
     */
    public PipelineBuilder retry(int max) {
        this.maxRetries = (int) Check.between("maxRetries", max, 0, 100);
        return retry();
    }

    /**
     * Says which exceptions are answers of a healthy callee, for instance "no such title": they are not retried, not counted as failures and not covered by a fallback.
     *
     * @param test true for an answer
     * @return this
     */
    public PipelineBuilder answers(Predicate<Throwable> test) {
        this.judgement = judgement.withAnswers(test);
        return this;
    }

    /**
     * Says which exceptions say nothing of the callee, for instance that its caller is shutting down: the breaker and the limits do not count them. They may be retried and covered by a fallback.
     *
     * @param test true for an exception that is not to count
     * @return this
     */
    public PipelineBuilder ignores(Predicate<Throwable> test) {
        this.judgement = judgement.withIgnored(test);
        return this;
    }

    /**
     * Says which results are failures, for instance a response of status 503: they count for the breaker and are retried. When no retry is left, the caller gets the last result itself; no fallback
     * covers it.
     *
     * @param test true for a failed result; not asked for null
     * @return this
     */
    public PipelineBuilder failsOn(Predicate<Object> test) {
        this.judgement = judgement.withFailedResults(test);
        return this;
    }

    /**
     * Narrows which failures are tried again. What their own advice forbids, or what is no failure, is not retried in any case.
     *
     * @param test true for a failure that may be tried again
     * @return this
     */
    public PipelineBuilder retryIf(Predicate<Throwable> test) {
        this.judgement = judgement.withRetried(test);
        return this;
    }

    /**
     * Narrows which failures a fallback stands in for. What is no failure of the callee is not covered in any case.
     *
     * @param test true for a failure that the fallback covers
     * @return this
     */
    public PipelineBuilder covers(Predicate<Throwable> test) {
        this.judgement = judgement.withCovered(test);
        return this;
    }

    /**
     * Says how long to wait before each retry; wins over the numbers in the configuration except {@code max-backoff}.
     *
     * @param value the waits
     * @return this
     */
    public PipelineBuilder backoff(Backoff value) {
        this.backoff = value;
        return this;
    }

    /**
     * Says how long a failure asks to wait, for instance by its {@code Retry-After} header (RFC 9110, section 10.2.3). Holdfast's own exceptions say it themselves.
     *
     * @param reading the wait, or empty where the failure says nothing
     * @return this
     */
    public PipelineBuilder retryAfter(Function<Throwable, Optional<Duration>> reading) {
        this.retryAfter = reading;
        return this;
    }

    /**
     * Makes a second attempt beside one that takes longer than usual; the calls must be {@link #idempotent()}. A synchronous call then runs on two threads at once.
     *
     * @return this
     */
    public PipelineBuilder hedge() {
        stages.add(Policy.Stage.HEDGE);
        return this;
    }

    /**
     * Keeps the results of calls with a key; the calls must be {@link #idempotent()}. The configuration must say for how long.
     *
     * @return this
     */
    public PipelineBuilder cache() {
        stages.add(Policy.Stage.CACHE);
        return this;
    }

    /**
     * Keeps the results of calls with a key; the calls must be {@link #idempotent()}.
     *
     * @param numbers how long and how many; a block in the configuration wins
     * @return this
     */
    public PipelineBuilder cache(CacheConfig numbers) {
        this.cache = numbers;
        return this;
    }

    /**
     * Makes one call for all who ask with the same key at the same time; the calls must be {@link #idempotent()}.
     *
     * @return this
     */
    public PipelineBuilder coalesce() {
        stages.add(Policy.Stage.COALESCE);
        return this;
    }

    /**
     * Builds the pipeline.
     *
     * @return the pipeline
     * @throws InvalidContractException if calls are to be retried or made twice that are not idempotent
     * @throws IllegalArgumentException if a stage needs a number that neither the code nor the configuration gives, or the timeout is longer than the calls may take
     */
    public Pipeline build() {
        refuseUnlessIdempotent(retry, "be retried", REPEATED, "retry()");
        refuseUnlessIdempotent(stages.contains(Policy.Stage.HEDGE), "be hedged", REPEATED, "hedge()");
        refuseUnlessIdempotent(cache != null || stages.contains(Policy.Stage.CACHE), "be cached", LEFT_OUT, "cache()");
        refuseUnlessIdempotent(stages.contains(Policy.Stage.COALESCE), "be coalesced", LEFT_OUT, "coalesce()");
        if (timeout != null) {
            stages.remove(Policy.Stage.TIMEOUT);
        }
        if (cache != null) {
            stages.remove(Policy.Stage.CACHE);
        }
        policy.ask(stages, limit == null ? null : new TimeoutRule.Limited(place, limit, timeout));
        Pipeline.Asked asked = new Pipeline.Asked(
                policy.name(),
                place,
                Set.copyOf(stages),
                idempotent,
                retry,
                maxRetries,
                stages.contains(Policy.Stage.HEDGE),
                cache,
                timeout,
                backoff,
                retryAfter,
                judgement);
        return new Pipeline(policy, asked, environment, continuations, chaos.stage(policy.name(), service, place));
    }

    private void refuseUnlessIdempotent(boolean wanted, String what, String harm, String step) {
        if (wanted && !idempotent) {
            throw new InvalidContractException(place + " is to " + what + " but is not idempotent: " + harm
                    + "; say idempotent() or leave " + step + " out");
        }
    }
}
