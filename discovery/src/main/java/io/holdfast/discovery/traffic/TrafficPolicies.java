package io.holdfast.discovery.traffic;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.slo.Guard;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.balance.BalancePolicy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The traffic policies of a node by service. They come from configuration and can change while calls run.
 *
 * <pre>{@code
 * node.traffic().update(ServiceName.of("catalog"), TrafficPolicy.DEFAULT.withCanary(CanaryConfig.of("1.5.0", "1.4.0")));
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class TrafficPolicies {
    /** How many services may have a policy or be called. */
    private static final int MAX_SERVICES = 1024;

    /**
     * What they work with.
     *
     * @param self the calling node
     * @param zone its zone; empty prefers none
     * @param directory knows who serves what
     * @param telemetry where decisions and metrics go
     * @param balance how an instance is chosen among those who are in
     * @param seeds chance
     */
    public record Ground(
            NodeId self,
            String zone,
            ServiceDirectory directory,
            Telemetry telemetry,
            BalancePolicy balance,
            LongSupplier seeds) {}

    private final Ground ground;
    private final Map<ServiceName, ServiceTraffic> services = new ConcurrentHashMap<>();

    /**
     * Makes the policies of a node.
     *
     * @param ground what they work with
     * @param config the policies by service
     * @throws IllegalArgumentException if a name is no DNS label
     */
    public TrafficPolicies(Ground ground, TrafficConfig config) {
        this.ground = ground;
        config.traffic().forEach((name, policy) -> services.put(ServiceName.of(name), make(name, policy)));
    }

    private ServiceTraffic make(String name, TrafficPolicy policy) {
        return new ServiceTraffic(name, ground.zone(), ground.seeds().getAsLong(), ground.telemetry(), policy);
    }

    private ServiceTraffic of(ServiceName service) {
        ServiceTraffic known = services.get(service);
        if (known != null) {
            return known;
        }
        Check.that(
                services.size() < MAX_SERVICES,
                "service %s is one more than the %d that a node may call or have policies for",
                service,
                MAX_SERVICES);
        return services.computeIfAbsent(service, name -> make(name.value(), TrafficPolicy.DEFAULT));
    }

    /**
     * The traffic of one method, for whoever calls it.
     *
     * @param service the service
     * @param method the method's name
     * @param pinned whether the caller names the node itself: no rule holds then, and no canary
     * @return the traffic
     * @throws IllegalArgumentException if there are too many services
     */
    public MethodTraffic method(ServiceName service, String method, boolean pinned) {
        return new MethodTraffic(
                of(service),
                method,
                pinned,
                ground.self(),
                ground.balance().create(ground.seeds().getAsLong(), ground.zone()));
    }

    /**
     * Changes the policy of a service while calls run, in one write. What is kept: who is out and for how long, the loads, and the progress of a canary whose value has not changed; a canary that
     * was rolled back stays so until its value changes. Calls under way end under the old rules. A value that cannot be is refused where it is made, so nothing half is ever in force.
     *
     * @param service the service
     * @param policy the new policy, whole; {@link TrafficPolicy#DEFAULT} takes everything back
     * @return warnings for people: a service that nobody serves now, or versions that nobody has; they may come yet; empty if there are none
     * @throws IllegalArgumentException if there are too many services
     */
    public List<String> update(ServiceName service, TrafficPolicy policy) {
        ServiceTraffic traffic = of(service);
        List<String> warnings = warnings(service, policy);
        traffic.update(policy);
        traffic.events()
                .policy("policy changed: " + policy.rules().size() + " rules"
                        + policy.canary().map(c -> ", canary " + c.version()).orElse("")
                        + (warnings.isEmpty() ? "" : "; " + String.join("; ", warnings)));
        return warnings;
    }

    private List<String> warnings(ServiceName service, TrafficPolicy policy) {
        Set<String> present = ground.directory().instances(service).stream()
                .map(ServiceInstance::version)
                .collect(Collectors.toSet());
        if (present.isEmpty() && !policy.equals(TrafficPolicy.DEFAULT)) {
            return List.of("nobody serves " + service + " now; it may come yet, if the name is right (services: "
                    + ground.directory().services() + ")");
        }
        List<String> warnings = new ArrayList<>();
        policy.rules().forEach((name, rule) -> {
            Set<String> named = new LinkedHashSet<>();
            rule.split().stream().filter(v -> v.weight() > 0).forEach(v -> named.add(v.version()));
            rule.mirror().ifPresent(mirror -> named.add(mirror.version()));
            named.removeAll(present);
            named.forEach(version -> warnings.add(nobody(service, "rule " + name, version, present)));
        });
        policy.canary().ifPresent(canary -> {
            Set<String> named = new LinkedHashSet<>(List.of(canary.version(), canary.baseline()));
            named.removeAll(present);
            named.forEach(version -> warnings.add(nobody(service, "canary", version, present)));
        });
        return List.copyOf(warnings);
    }

    private static String nobody(ServiceName service, String where, String version, Set<String> present) {
        return where + " names version " + version + ", and no instance of " + service + " has it now (present: "
                + present.stream().sorted().toList() + ")";
    }

    /**
     * The policy in force.
     *
     * @param service the service
     * @return the policy; {@link TrafficPolicy#DEFAULT} if nothing was said
     */
    public TrafficPolicy policy(ServiceName service) {
        ServiceTraffic known = services.get(service);
        return known == null ? TrafficPolicy.DEFAULT : known.policy();
    }

    /**
     * Where a service's canary stands at this node.
     *
     * @param service the service
     * @return the status, empty if it has no canary
     */
    public Optional<CanaryStatus> canary(ServiceName service) {
        ServiceTraffic known = services.get(service);
        return known == null ? Optional.empty() : known.canary();
    }

    /**
     * Who a service's canary asks besides its own counts, for instance a burn rate; when it says no, the canary is rolled back.
     *
     * @param service the service
     * @param guard the guard
     * @throws IllegalArgumentException if there are too many services
     */
    public void guard(ServiceName service, Guard guard) {
        of(service).guard(guard);
    }
}
