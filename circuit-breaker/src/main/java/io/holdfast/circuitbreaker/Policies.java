package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.circuitbreaker.chaos.ChaosConfig;
import io.holdfast.circuitbreaker.config.BreakerMode;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.circuitbreaker.shared.Circuit;
import io.holdfast.circuitbreaker.shared.ClusterPolicies;
import io.holdfast.circuitbreaker.shared.ClusterQuota;
import io.holdfast.circuitbreaker.shared.Target;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

/**
 * The named policies of a node: their numbers come from configuration and can change while calls run.
 *
 * <pre>{@code
 * try (Policies policies = Policies.of(configuration.bind(List.of(PoliciesConfig.SECTION)).get(PoliciesConfig.SECTION))) {
 *     Pipeline catalog = policies.pipeline("catalog").circuitBreaker().idempotent().retry().build();
 *     String title = catalog.call(() -> http.fetch("/titles/42"));
 * }
 * }</pre>
 *
 * <p>A policy's state (the window and the state of its breaker, the places of its bulkhead, its retry budget) is shared by all pipelines that name it. Safe for use by many
 * threads.
 */
public final class Policies implements AutoCloseable {
    /** How many retries and late answers of asynchronous calls are worked on at once. */
    private static final int MAX_CONCURRENT_CONTINUATIONS = 1024;

    private final Environment environment;
    private final boolean ownsEnvironment;
    private final MeterRegistry meters;
    private final FlightRecorder recorder;
    private final Chaos chaos;
    private final ExecutorService continuations;
    private final Map<String, Policy> policies = new ConcurrentHashMap<>();

    private Policies(
            Environment environment,
            boolean ownsEnvironment,
            MeterRegistry meters,
            FlightRecorder recorder,
            PoliciesConfig config,
            Chaos chaos) {
        this.environment = environment;
        this.ownsEnvironment = ownsEnvironment;
        this.meters = meters;
        this.recorder = recorder;
        this.chaos = chaos;
        this.continuations = environment.threads().handlers("holdfast-policy", MAX_CONCURRENT_CONTINUATIONS);
        config.policies().forEach((name, numbers) -> policies.put(name, policy(name, numbers)));
    }

    /**
     * Policies for an application without a node: real clocks, Micrometer's global registry, a flight recorder of its own.
     *
     * @param config the numbers by name
     * @return the policies; close them to stop their timer
     * @throws IllegalArgumentException if a name is no DNS label
     */
    public static Policies of(PoliciesConfig config) {
        Environment environment = Environment.system();
        FlightRecorder recorder = new FlightRecorder(environment.wallClock(), FlightRecorder.DEFAULT_CAPACITY);
        return new Policies(environment, true, Metrics.globalRegistry, recorder, config, off(environment, recorder));
    }

    /**
     * Policies as a part of a node.
     *
     * @param environment clocks, timers, threads
     * @param meters where the metrics go, under Resilience4j's own names
     * @param recorder where transitions of breakers, changes of numbers and refused calls are noted
     * @param config the numbers by name
     * @return the policies; close them with the node
     * @throws IllegalArgumentException if a name is no DNS label
     */
    public static Policies of(
            Environment environment, MeterRegistry meters, FlightRecorder recorder, PoliciesConfig config) {
        return of(environment, meters, recorder, config, off(environment, recorder));
    }

    /**
     * Policies as a part of a node on which experiments may run.
     *
     * @param environment clocks, timers, threads
     * @param meters where the metrics go, under Resilience4j's own names
     * @param recorder where transitions of breakers, changes of numbers and refused calls are noted
     * @param config the numbers by name
     * @param chaos the experiments; closed by who made it
     * @return the policies; close them with the node
     * @throws IllegalArgumentException if a name is no DNS label
     */
    public static Policies of(
            Environment environment,
            MeterRegistry meters,
            FlightRecorder recorder,
            PoliciesConfig config,
            Chaos chaos) {
        return new Policies(environment, false, meters, recorder, config, chaos);
    }

    private static Chaos off(Environment environment, FlightRecorder recorder) {
        return new Chaos(Chaos.Ground.of(environment, recorder), ChaosConfig.OFF);
    }

    private Policy policy(String name, PolicyConfig numbers) {
        return new Policy(name, numbers, environment, meters, recorder);
    }

    /**
     * Starts a pipeline of a policy. A policy that the configuration does not name has no numbers of its own: stages that the code asks for get their defaults.
     *
     * @param policy the policy's name, a DNS label
     * @return a builder for use by one thread
     * @throws IllegalArgumentException if the name is no DNS label
     */
    public PipelineBuilder pipeline(String policy) {
        Policy found = policies.computeIfAbsent(policy, name -> policy(name, PolicyConfig.NONE));
        return new PipelineBuilder(found, environment, continuations, chaos);
    }

    /**
     * Changes the numbers of a policy while calls run, all at once or, if they do not fit, not at all.
     *
     * <p>What is kept: an open breaker stays open for the rest of its wait; the window of a closed one is taken over as counts; the places of the bulkhead stay taken; the
     * calls of the running period stay counted unless the period's length changes; the saved retries stay. Calls under way end under the old numbers.
     *
     * @param policy the policy's name: one that the configuration names, or that a pipeline has
     * @param numbers the new numbers
     * @throws IllegalArgumentException if there is no such policy, a pipeline needs a number that is no longer there, or the timeout is longer than its calls may take; the old numbers stay
     */
    public void update(String policy, PolicyConfig numbers) {
        inUse(policy).update(numbers);
    }

    private Policy inUse(String policy) {
        Policy found = policies.get(policy);
        if (found == null) {
            throw new IllegalArgumentException("policy " + policy + " is not in use; these are: "
                    + policies.keySet().stream().sorted().toList());
        }
        return found;
    }

    /**
     * The policies in use, with the numbers and the state of their stages.
     *
     * @return for each name the stages in their order, as {@link Pipeline#describe()}, without the retries, timeouts and caches whose numbers stand in code; ordered by name
     */
    public SortedMap<String, String> describe() {
        SortedMap<String, String> described = new TreeMap<>();
        policies.forEach((name, policy) -> described.put(name, policy.describe()));
        return described;
    }

    /**
     * The numbers of a policy that the configuration, or the last change, gave it.
     *
     * @param policy the policy's name
     * @return the numbers, empty if no such policy is in use
     */
    public Optional<PolicyConfig> numbers(String policy) {
        return Optional.ofNullable(policies.get(policy))
                .map(found -> found.live().config());
    }

    /**
     * Takes the decision of a policy's circuit breaker, and of those of the callee's instances, over, or gives it back. It holds until it is given back, also through changes of the numbers; not through a restart.
     *
     * @param policy the policy's name
     * @param mode who decides
     * @throws IllegalArgumentException if no such policy is in use, or it has no circuit breaker
     */
    public void force(String policy, BreakerMode mode) {
        inUse(policy).force(mode);
    }

    /**
     * Lets the policies with {@code scope: cluster} share what they know with the other nodes: their breakers and their rate limits. Without it they go on as on a node alone.
     *
     * @param bulletin what all nodes tell each other
     * @param membership who is there
     * @return ends the sharing; close it before the bulletin and the policies
     */
    public Registration share(Bulletin bulletin, Membership membership) {
        return ClusterPolicies.start(environment, bulletin, membership, this::sharedCircuits, this::clusterQuotas)
                ::close;
    }

    private Map<Target, Circuit> sharedCircuits() {
        Map<Target, Circuit> circuits = new HashMap<>();
        policies.forEach((name, policy) -> {
            Circuit circuit = policy.sharedCircuit();
            if (circuit != null) {
                circuits.put(new Target(name), circuit);
            }
        });
        return circuits;
    }

    private Map<String, ClusterQuota> clusterQuotas() {
        Map<String, ClusterQuota> quotas = new HashMap<>();
        policies.forEach((name, policy) -> {
            ClusterQuota quota = policy.clusterQuota();
            if (quota != null) {
                quotas.put(name, quota);
            }
        });
        return quotas;
    }

    /** Takes the metrics away and stops what was started. Calls under way end, but are no longer retried. */
    @Override
    public void close() {
        policies.values().forEach(Policy::close);
        continuations.shutdown();
        if (ownsEnvironment) {
            environment.close();
        }
    }
}
