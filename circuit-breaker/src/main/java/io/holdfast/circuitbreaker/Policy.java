package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;
import io.holdfast.circuitbreaker.config.BreakerMode;
import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.config.HedgeConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.config.RetryConfig;
import io.holdfast.circuitbreaker.config.Scope;
import io.holdfast.circuitbreaker.resilience4j.Breaker;
import io.holdfast.circuitbreaker.resilience4j.OutcomeCounts;
import io.holdfast.circuitbreaker.shared.Circuit;
import io.holdfast.circuitbreaker.shared.ClusterQuota;
import io.holdfast.core.Check;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One named policy: the state that all its pipelines share, and the numbers in use. Changes are made under its lock; pipelines read one volatile field. */
final class Policy {
    /** What code can ask for without giving numbers; the gates among them in the order in which they are passed. */
    enum Stage {
        CIRCUIT_BREAKER,
        RATE_LIMIT,
        ADAPTIVE_LIMIT,
        BULKHEAD,
        TIMEOUT,
        HEDGE,
        CACHE,
        COALESCE,
        INSTANCE_CIRCUIT_BREAKER
    }

    /**
     * A gate and who passes it.
     *
     * @param stage which stage it is
     * @param gate the gate
     * @param forAll whether the configuration names it, so that every pipeline of the policy passes it; else those that ask
     */
    record PlacedGate(Stage stage, Gate<?> gate, boolean forAll) {}

    /** The state and the numbers at one moment, swapped whole. */
    record Live(
            PolicyConfig config,
            List<PlacedGate> gates,
            @Nullable Hedges hedges,
            @Nullable InstanceBreakers instances) {}

    private final String name;
    private final MeterRegistry meters;
    private final FlightRecorder recorder;
    private final OutcomeCounts counts;
    private final KeyedCounts keyed;
    private final Budget budget;
    private final Set<Stage> asked = EnumSet.noneOf(Stage.class);
    private final List<GateSlot<?>> slots;
    private final InstanceBreakers.Making instanceBreakers;
    private final TimeoutRule timeouts;
    private final Refusals exhausted;
    private final Waits waits;
    private volatile BreakerMode mode = BreakerMode.AUTOMATIC; // written under the lock
    private volatile Live live = new Live(PolicyConfig.NONE, List.of(), null, null);

    Policy(String name, PolicyConfig config, Environment environment, MeterRegistry meters, FlightRecorder recorder) {
        this.name = Check.label("policy", name);
        this.meters = meters;
        this.recorder = recorder;
        this.counts = new OutcomeCounts(name, meters);
        this.keyed = new KeyedCounts(name, meters);
        this.timeouts = new TimeoutRule(name);
        RetryConfig retry = config.retry().orElse(RetryConfig.DEFAULT);
        this.budget = new Budget(retry.budgetRatio(), retry.budgetBurst());
        this.exhausted = new Refusals(name, "the retry budget is used up", environment.clock(), recorder);
        this.waits = new Waits(environment.scheduler());
        this.instanceBreakers = new InstanceBreakers.Making(
                (instance, numbers) -> new Breaker(name + "@" + instance, numbers, environment, meters, recorder),
                environment.scheduler());
        this.slots = slots(name, environment, meters, recorder);
        change(config);
    }

    /** The gates in the order in which they are passed. */
    private static List<GateSlot<?>> slots(
            String name, Environment environment, MeterRegistry meters, FlightRecorder recorder) {
        Refusals limited = new Refusals(name, "the rate limit is used up", environment.clock(), recorder);
        Refusals learnt = new Refusals(name, "the adaptive limit is reached", environment.clock(), recorder);
        Refusals full = new Refusals(name, "the bulkhead is full", environment.clock(), recorder);
        return List.of(
                new GateSlot<>(
                        Stage.CIRCUIT_BREAKER,
                        PolicyConfig::circuitBreaker,
                        Optional.of(CircuitBreakerConfig.DEFAULT),
                        numbers -> new BreakerGate(name, new Breaker(name, numbers, environment, meters, recorder))),
                new GateSlot<>(
                        Stage.RATE_LIMIT,
                        PolicyConfig::rateLimit,
                        Optional.empty(),
                        new RateGates(name, environment.clock(), meters, limited)),
                new GateSlot<>(
                        Stage.ADAPTIVE_LIMIT,
                        PolicyConfig::adaptiveLimit,
                        Optional.of(AdaptiveLimitConfig.DEFAULT),
                        numbers -> AdaptiveGate.of(name, numbers, environment.clock(), meters, learnt)),
                new GateSlot<>(
                        Stage.BULKHEAD,
                        PolicyConfig::bulkhead,
                        Optional.of(BulkheadConfig.DEFAULT),
                        numbers -> BulkheadGate.of(name, numbers, meters, environment.threads(), full)));
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

    KeyedCounts keyed() {
        return keyed;
    }

    Budget budget() {
        return budget;
    }

    Refusals exhausted() {
        return exhausted;
    }

    Waits waits() {
        return waits;
    }

    /** A pipeline wants these stages; those without numbers get their defaults. */
    synchronized void ask(Set<Stage> stages, TimeoutRule.@Nullable Limited pipeline) {
        Set<Stage> all = EnumSet.copyOf(asked);
        all.addAll(stages);
        refuseWithoutNumbers(live.config(), all);
        if (pipeline != null) {
            timeouts.add(live.config(), pipeline);
        }
        asked.addAll(stages);
        change(live.config());
    }

    synchronized void update(PolicyConfig config) {
        refuseWithoutNumbers(config, asked);
        timeouts.check(config);
        change(config);
        recorder.record("policy", name, "numbers changed to " + config);
    }

    /** The breaker whose knowledge is shared with other nodes; null if there is none, or an operator decides over it. Without the lock: the node's timers ask. */
    @Nullable Circuit sharedCircuit() {
        for (PlacedGate placed : live.gates()) {
            if (placed.gate() instanceof BreakerGate breaker
                    && mode == BreakerMode.AUTOMATIC
                    && breaker.numbers().scope() == Scope.CLUSTER) {
                return breaker.breaker();
            }
        }
        return null;
    }

    /** The rate limit, if it is one of the whole cluster; else null. */
    @Nullable ClusterQuota clusterQuota() {
        for (PlacedGate placed : live.gates()) {
            if (placed.gate() instanceof QuotaGate gate) {
                return gate.quota();
            }
        }
        return null;
    }

    /** The stages that the configuration names, and the gates and hedges that code has asked for. Retries, a timeout and kept results that only code gives are told by {@link Pipeline#describe()}. */
    String describe() {
        Live now = live;
        return Plan.describe(
                now.config().cache().orElse(null),
                now.config().coalesce().isPresent(),
                now.config().retry().orElse(null),
                now.hedges(),
                now.gates().stream().map(PlacedGate::gate).toList(),
                now.config().timeout().orElse(null),
                "");
    }

    /** An operator decides over the breaker and those of the instances, or leaves them to themselves again. */
    synchronized void force(BreakerMode wanted) {
        List<BreakerGate> breakers = live.gates().stream()
                .map(PlacedGate::gate)
                .filter(BreakerGate.class::isInstance)
                .map(BreakerGate.class::cast)
                .toList();
        InstanceBreakers each = live.instances();
        Check.that(
                !breakers.isEmpty() || each != null,
                "policy %s has no circuit breaker that could be %s; set holdfast.policies.%s.circuit-breaker or ask for one in code",
                name,
                wanted.name().toLowerCase(Locale.ROOT),
                name);
        mode = wanted;
        breakers.forEach(gate -> gate.breaker().force(wanted));
        if (each != null) {
            each.force(wanted);
        }
    }

    private void refuseWithoutNumbers(PolicyConfig config, Set<Stage> stages) {
        Check.that(
                !stages.contains(Stage.RATE_LIMIT) || config.rateLimit().isPresent(),
                "policy %s has no rate limit, but code asks for one; set holdfast.policies.%s.rate-limit.limit",
                name,
                name);
        Check.that(
                !stages.contains(Stage.CACHE) || config.cache().isPresent(),
                "policy %s has no cache, but code asks for one without a time; set holdfast.policies.%s.cache.ttl",
                name,
                name);
        Check.that(
                !stages.contains(Stage.TIMEOUT) || config.timeout().isPresent(),
                "policy %s has no timeout, but code asks for one without a time; set holdfast.policies.%s.timeout",
                name,
                name);
    }

    private synchronized void change(PolicyConfig config) {
        RetryConfig retry = config.retry().orElse(RetryConfig.DEFAULT);
        budget.change(retry.budgetRatio(), retry.budgetBurst());
        List<PlacedGate> gates = new ArrayList<>();
        for (GateSlot<?> slot : slots) {
            Gate<?> gate = slot.change(config, asked.contains(slot.stage()));
            if (gate instanceof BreakerGate changed && mode != BreakerMode.AUTOMATIC) {
                changed.breaker().force(mode);
            }
            if (gate != null) {
                gates.add(new PlacedGate(slot.stage(), gate, slot.isConfigured(config)));
            }
        }
        HedgeConfig hedge = config.hedge().orElse(asked.contains(Stage.HEDGE) ? HedgeConfig.DEFAULT : null);
        CircuitBreakerConfig each = config.instanceCircuitBreaker()
                .orElse(asked.contains(Stage.INSTANCE_CIRCUIT_BREAKER) ? CircuitBreakerConfig.DEFAULT : null);
        live = new Live(
                config,
                List.copyOf(gates),
                Hedges.changed(live.hedges(), hedge, name, meters),
                InstanceBreakers.changed(live.instances(), each, mode, instanceBreakers));
    }

    /** Takes its metrics away, stops its timers and ends the waits for retries. */
    void close() {
        synchronized (this) {
            slots.forEach(GateSlot::close);
            Hedges.changed(live.hedges(), null, name, meters);
            InstanceBreakers.changed(live.instances(), null, mode, instanceBreakers);
            counts.close();
            keyed.close();
        }
        waits.close(); // runs code of users
    }
}
