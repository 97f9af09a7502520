package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.caffeine.ResultCache;
import io.holdfast.circuitbreaker.config.CacheConfig;
import io.holdfast.circuitbreaker.config.CoalesceConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.core.DurationText;
import io.holdfast.core.call.Criticality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a pipeline does for one state of its policy, worked out once and used until the policy changes. Immutable. */
final class Plan {
    private final Policy.Live source;
    private final Gate<?>[] gates;
    private final @Nullable CallPool pool;
    private final @Nullable Instances instances;
    private final boolean timed;
    private final boolean ranks;
    private final @Nullable RetryConfig retry;
    private final @Nullable Hedges hedges;
    private final @Nullable Duration timeout;
    private final @Nullable ResultCache cache;
    private final @Nullable CoalesceConfig coalesce;

    private Plan(
            Policy.Live source,
            List<Gate<?>> gates,
            @Nullable RetryConfig retry,
            @Nullable Hedges hedges,
            @Nullable Duration timeout,
            @Nullable ResultCache cache,
            @Nullable CoalesceConfig coalesce,
            @Nullable Instances instances) {
        this.source = source;
        this.gates = gates.toArray(new Gate<?>[0]);
        this.pool = gates.stream()
                .map(gate -> gate instanceof BulkheadGate bulkhead ? bulkhead.pool() : null)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        this.timed = hedges != null || gates.stream().anyMatch(Gate::timed);
        this.ranks = gates.stream().anyMatch(Gate::ranks);
        this.retry = retry;
        this.hedges = hedges;
        this.timeout = timeout;
        this.cache = cache;
        this.coalesce = coalesce;
        this.instances = instances;
    }

    /**
     * Works a plan out.
     *
     * @param live the state of the policy
     * @param asked what the code asks for
     * @param kept makes or changes the pipeline's cache
     */
    static Plan of(Policy.Live live, Pipeline.Asked asked, Function<CacheConfig, ResultCache> kept) {
        List<Gate<?>> gates = new ArrayList<>();
        for (Policy.PlacedGate placed : live.gates()) {
            if (placed.forAll() || asked.wants(placed.stage())) {
                gates.add(placed.gate());
            }
        }
        PolicyConfig config = live.config();
        return new Plan(
                live,
                gates,
                config.retry().orElse(asked.retryNumbers()),
                asked.idempotent() && (config.hedge().isPresent() || asked.hedge()) ? live.hedges() : null,
                config.timeout().orElse(asked.timeout()),
                config.cache()
                        .or(() -> Optional.ofNullable(asked.cache()))
                        .filter(numbers -> asked.idempotent())
                        .map(kept)
                        .orElse(null),
                asked.idempotent() ? config.coalesce().orElse(asked.coalesceNumbers()) : null,
                instances(live, asked));
    }

    private static @Nullable Instances instances(Policy.Live live, Pipeline.Asked asked) {
        boolean wanted = live.config().instanceCircuitBreaker().isPresent()
                || asked.wants(Policy.Stage.INSTANCE_CIRCUIT_BREAKER);
        return wanted && live.instances() != null
                ? new Instances(asked.policy(), live.instances(), asked.judgement())
                : null;
    }

    /** What is known of the callee's instances, or null if they are not told apart. */
    @Nullable Instances instances() {
        return instances;
    }

    /** The state of the policy that it was made from. */
    Policy.Live source() {
        return source;
    }

    /** The numbers of the stage, or null if there is none. */
    @Nullable RetryConfig retry() {
        return retry;
    }

    /** The state of the stage, or null if there is none. */
    @Nullable Hedges hedges() {
        return hedges;
    }

    /** The number of the stage, or null if there is none. */
    @Nullable Duration timeout() {
        return timeout;
    }

    /** On whose threads attempts run, or null for their callers'. */
    @Nullable CallPool pool() {
        return pool;
    }

    /** The kept results, or null if there is no such stage. */
    @Nullable ResultCache cache() {
        return cache;
    }

    /** The numbers of the stage, or null if there is none. */
    @Nullable CoalesceConfig coalesce() {
        return coalesce;
    }

    /** Whether calls with a key pass a stage that others do not. */
    boolean keyed() {
        return cache != null || coalesce != null;
    }

    /** Whether a gate wants to know how long an attempt took. */
    boolean timed() {
        return timed;
    }

    /** Whether a gate wants to know how much an attempt matters. */
    boolean ranks() {
        return ranks;
    }

    /** Passes all gates, or throws the refusal of one with nothing taken. */
    void enter(String place, Criticality criticality) {
        for (int i = 0; i < gates.length; i++) {
            try {
                gates[i].enter(place, criticality);
            } catch (Throwable refused) {
                withdraw(criticality, 0, i);
                throw refused;
            }
        }
    }

    /** Gives back what {@link #enter} took so many nanoseconds ago, as if it had never been called; in place of {@link #leave}. */
    void withdraw(Criticality criticality, long nanos) {
        withdraw(criticality, nanos, gates.length);
    }

    private void withdraw(Criticality criticality, long nanos, int passed) {
        for (int i = passed - 1; i >= 0; i--) {
            gates[i].withdraw(criticality, nanos);
        }
    }

    /** Gives back what {@link #enter} took, innermost first; exactly once for each time it returned, unless {@link #withdraw} did. */
    void leave(Criticality criticality, Ending ending, long nanos, @Nullable Throwable error) {
        for (int i = gates.length - 1; i >= 0; i--) {
            gates[i].leave(criticality, ending, nanos, error);
        }
    }

    /** The stages; {@code fault} stands before the call. */
    String describe(String fault) {
        return describe(
                cache == null ? null : cache.numbers(),
                coalesce != null,
                retry,
                hedges,
                List.of(gates),
                timeout,
                fault);
    }

    static String describe(
            @Nullable CacheConfig cache,
            boolean coalesce,
            @Nullable RetryConfig retry,
            @Nullable Hedges hedges,
            List<? extends Gate<?>> gates,
            @Nullable Duration timeout,
            String fault) {
        List<String> stages = new ArrayList<>();
        if (cache != null) {
            stages.add("cache(" + times(cache) + ")");
        }
        if (coalesce) {
            stages.add("coalesce");
        }
        if (retry != null) {
            stages.add("retry(" + retry.maxRetries() + ", " + growth(retry) + DurationText.of(retry.backoff()) + " to "
                    + DurationText.of(retry.maxBackoff()) + ", budget " + percent(retry.budgetRatio()) + ")");
        }
        if (hedges != null) {
            stages.add(hedges.describe());
        }
        for (Gate<?> gate : gates) {
            stages.add(gate.describe());
        }
        if (timeout != null) {
            stages.add("timeout(" + DurationText.of(timeout) + ")");
        }
        stages.add(fault + "call");
        return String.join(" > ", stages);
    }

    private static String times(CacheConfig numbers) {
        return DurationText.of(numbers.ttl())
                + (numbers.staleWhileRevalidate().isZero()
                        ? ""
                        : ", stale while revalidated " + DurationText.of(numbers.staleWhileRevalidate()))
                + (numbers.staleIfError().isZero()
                        ? ""
                        : ", stale if error " + DurationText.of(numbers.staleIfError()));
    }

    private static String growth(RetryConfig retry) {
        return retry.strategy() == RetryConfig.Strategy.EXPONENTIAL
                ? ""
                : retry.strategy().name().toLowerCase(Locale.ROOT) + " ";
    }

    static String percent(double ratio) {
        return Math.round(ratio * 1000) / 10.0 + "%";
    }
}
