package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RateLimitConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.circuitbreaker.resilience4j.Breaker;
import io.holdfast.circuitbreaker.resilience4j.Concurrency;
import io.holdfast.circuitbreaker.resilience4j.OutcomeCounts;
import io.holdfast.circuitbreaker.resilience4j.Rate;
import io.holdfast.core.Check;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One named policy: the state that all its pipelines share, and the numbers in use. Changes are made under its lock; pipelines read one volatile field. */
final class Policy {
    /** What code can ask for without giving numbers. */
    enum Stage {
        CIRCUIT_BREAKER,
        BULKHEAD,
        RATE_LIMIT,
        TIMEOUT
    }

    /** The state and the numbers at one moment, swapped whole. */
    record Live(
            PolicyConfig config,
            @Nullable Breaker breaker,
            @Nullable Concurrency bulkhead,
            @Nullable Rate rate) {}

    private final String name;
    private final Environment environment;
    private final MeterRegistry meters;
    private final FlightRecorder recorder;
    private final OutcomeCounts counts;
    private final RetryBudget budget;
    private final Set<Stage> asked = EnumSet.noneOf(Stage.class);
    private final Refusals full;
    private final Refusals limited;
    private final Refusals exhausted;
    private final Waits waits;
    private volatile Live live = new Live(PolicyConfig.NONE, null, null, null);

    Policy(String name, PolicyConfig config, Environment environment, MeterRegistry meters, FlightRecorder recorder) {
        this.name = Check.label("policy", name);
        this.environment = environment;
        this.meters = meters;
        this.recorder = recorder;
        this.counts = new OutcomeCounts(name, meters);
        this.budget = new RetryBudget(config.retry().orElse(RetryConfig.DEFAULT));
        this.full = new Refusals(name, "the bulkhead is full", environment.clock(), recorder);
        this.limited = new Refusals(name, "the rate limit is used up", environment.clock(), recorder);
        this.exhausted = new Refusals(name, "the retry budget is used up", environment.clock(), recorder);
        this.waits = new Waits(environment.scheduler());
        change(config);
    }

    String name() {
        return name;
    }

    Live live() {
        return live;
    }

    OutcomeCounts counts() {
        return counts;
    }

    RetryBudget budget() {
        return budget;
    }

    Refusals full() {
        return full;
    }

    Refusals limited() {
        return limited;
    }

    Refusals exhausted() {
        return exhausted;
    }

    Waits waits() {
        return waits;
    }

    /** A pipeline wants these stages; those without numbers get their defaults. */
    synchronized void ask(Set<Stage> stages) {
        Set<Stage> all = EnumSet.copyOf(asked);
        all.addAll(stages);
        refuseWithoutNumbers(live.config(), all);
        asked.addAll(stages);
        change(live.config());
    }

    synchronized void update(PolicyConfig config) {
        refuseWithoutNumbers(config, asked);
        change(config);
        recorder.record("policy", name, "numbers changed to " + config);
    }

    private void refuseWithoutNumbers(PolicyConfig config, Set<Stage> stages) {
        Check.that(
                !stages.contains(Stage.RATE_LIMIT) || config.rateLimit().isPresent(),
                "policy %s has no rate limit, but code asks for one; set holdfast.policies.%s.rate-limit.limit",
                name,
                name);
        Check.that(
                !stages.contains(Stage.TIMEOUT) || config.timeout().isPresent(),
                "policy %s has no timeout, but code asks for one without a time; set holdfast.policies.%s.timeout",
                name,
                name);
    }

    private synchronized void change(PolicyConfig config) {
        Optional<CircuitBreakerConfig> breaker =
                config.circuitBreaker().or(() -> whenAsked(Stage.CIRCUIT_BREAKER, CircuitBreakerConfig.DEFAULT));
        Optional<BulkheadConfig> bulkhead =
                config.bulkhead().or(() -> whenAsked(Stage.BULKHEAD, BulkheadConfig.DEFAULT));
        budget.change(config.retry().orElse(RetryConfig.DEFAULT));
        live = new Live(
                config,
                breaker(live.breaker(), breaker.orElse(null)),
                bulkhead(live.bulkhead(), bulkhead.orElse(null)),
                rate(live.rate(), config.rateLimit().orElse(null)));
    }

    private <T> Optional<T> whenAsked(Stage stage, T numbers) {
        return asked.contains(stage) ? Optional.of(numbers) : Optional.empty();
    }

    private @Nullable Breaker breaker(@Nullable Breaker current, @Nullable CircuitBreakerConfig wanted) {
        if (current == null) {
            return wanted == null ? null : new Breaker(name, wanted, environment, meters, recorder);
        }
        if (wanted == null) {
            current.close();
            return null;
        }
        return wanted.equals(current.config()) ? current : current.changedTo(wanted);
    }

    private @Nullable Concurrency bulkhead(@Nullable Concurrency current, @Nullable BulkheadConfig wanted) {
        if (current == null) {
            return wanted == null ? null : new Concurrency(name, wanted, meters);
        }
        if (wanted == null) {
            current.close();
            return null;
        }
        current.change(wanted);
        return current;
    }

    private @Nullable Rate rate(@Nullable Rate current, @Nullable RateLimitConfig wanted) {
        if (current == null) {
            return wanted == null ? null : new Rate(name, wanted, environment.clock(), meters);
        }
        if (wanted == null) {
            current.close();
            return null;
        }
        return wanted.equals(current.config()) ? current : current.changedTo(wanted);
    }

    /** Takes its metrics away, stops its timers and ends the waits for retries. */
    void close() {
        synchronized (this) {
            breaker(live.breaker(), null);
            bulkhead(live.bulkhead(), null);
            rate(live.rate(), null);
            counts.close();
        }
        waits.close(); // runs code of users
    }
}
