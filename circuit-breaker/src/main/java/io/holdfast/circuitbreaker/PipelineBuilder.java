package io.holdfast.circuitbreaker;

import io.holdfast.core.Check;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Says which stages a pipeline has. The order of the calls does not matter: the order of the stages is fixed, see {@link Pipeline}. Numbers in the configuration win. For use
 * by one thread.
 */
public final class PipelineBuilder {
    private final Policy policy;
    private final Environment environment;
    private final Executor continuations;
    private final Set<Policy.Stage> stages = EnumSet.noneOf(Policy.Stage.class);
    private String place;
    private boolean idempotent;
    private boolean retry;
    private int maxRetries = -1;
    private @Nullable Duration timeout;
    private Predicate<Throwable> answers = error -> false;

    PipelineBuilder(Policy policy, Environment environment, Executor continuations) {
        this.policy = policy;
        this.environment = environment;
        this.continuations = continuations;
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
        this.answers = test;
        return this;
    }

    /**
     * Builds the pipeline.
     *
     * @return the pipeline
     * @throws InvalidContractException if calls are to be retried that are not idempotent
     * @throws IllegalArgumentException if a stage needs a number that neither the code nor the configuration gives
     */
    public Pipeline build() {
        if (retry && !idempotent) {
            throw new InvalidContractException(place + " is to be retried but is not idempotent: a second attempt may "
                    + "repeat the effect of the first; say idempotent() or leave retry() out");
        }
        if (timeout != null) {
            stages.remove(Policy.Stage.TIMEOUT);
        }
        policy.ask(stages);
        Pipeline.Asked asked =
                new Pipeline.Asked(place, Set.copyOf(stages), idempotent, retry, maxRetries, timeout, answers);
        return new Pipeline(policy, asked, environment, continuations);
    }
}
