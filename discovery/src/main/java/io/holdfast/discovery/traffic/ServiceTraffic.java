package io.holdfast.discovery.traffic;

import io.holdfast.core.call.CallContext;
import io.holdfast.core.fault.Fault;
import io.holdfast.core.slo.Guard;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.balance.Chance;
import io.holdfast.discovery.outlier.OutlierTable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all methods of one service share on this node: the policy, who is out, the canary. Safe for use by many threads. */
final class ServiceTraffic {
    /** Swapped in one write. */
    private record Plan(
            TrafficPolicy policy, Route[] routes, @Nullable CanaryRun canary) {}

    private final String zone;
    private final Chance chance;
    private final TrafficEvents events;
    private final OutlierTable outliers;
    private volatile Guard guard = Guard.NONE;
    private volatile Plan plan;

    ServiceTraffic(String service, String zone, long seed, Telemetry telemetry, TrafficPolicy policy) {
        this.zone = zone;
        this.chance = new Chance(seed);
        this.events = new TrafficEvents(service, telemetry);
        this.outliers = new OutlierTable(policy.outlier(), policy.slowStart(), events);
        this.plan = plan(policy, new Route[0], null);
        TrafficMetric.EJECTED
                .gauge(this, ServiceTraffic::ejected)
                .tag("service", service)
                .register(telemetry.meters());
        TrafficMetric.CANARY_PERCENT
                .gauge(
                        this,
                        traffic -> traffic.canary().map(CanaryStatus::percent).orElse(0))
                .tag("service", service)
                .register(telemetry.meters());
    }

    private Plan plan(TrafficPolicy policy, Route[] known, @Nullable CanaryRun before) {
        Route[] routes = policy.rules().entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, TrafficRule> rule) ->
                                rule.getValue().order())
                        .thenComparing(Map.Entry::getKey))
                .map(rule -> route(rule.getKey(), rule.getValue(), known))
                .toArray(Route[]::new);
        CanaryConfig wanted = policy.canary().orElse(null);
        boolean same = before != null && before.config().equals(wanted);
        CanaryRun run = wanted == null || same ? before : new CanaryRun(wanted, () -> guard, events);
        return new Plan(policy, routes, wanted == null ? null : run);
    }

    /** A rule that has not changed is kept with its copies under way. */
    private static Route route(String name, TrafficRule rule, Route[] known) {
        return Arrays.stream(known)
                .filter(route -> route.is(name, rule))
                .findFirst()
                .orElseGet(() -> new Route(name, rule));
    }

    /** Who is out, the copies under way and the progress of an unchanged canary are kept. */
    synchronized void update(TrafficPolicy policy) {
        outliers.update(policy.outlier(), policy.slowStart());
        plan = plan(policy, plan.routes, plan.canary);
    }

    TrafficPolicy policy() {
        return plan.policy;
    }

    void guard(Guard value) {
        guard = value;
    }

    Optional<CanaryStatus> canary() {
        return Optional.ofNullable(plan.canary).map(CanaryRun::status);
    }

    /** The first rule that matches. */
    Route route(String method, CallContext context) {
        for (Route route : plan.routes) {
            if (route.fits(method, context, zone)) {
                return route;
            }
        }
        return Route.PLAIN;
    }

    /** What goes wrong with this call on purpose. */
    @Nullable Fault fault(Route route) {
        Fault drawn = route.draw(chance);
        if (drawn != null) {
            events.fault(drawn instanceof Fault.Error ? "error" : "latency");
        }
        return drawn;
    }

    @Nullable CanaryRun run() {
        return plan.canary;
    }

    OutlierTable outliers() {
        return outliers;
    }

    TrafficEvents events() {
        return events;
    }

    Chance chance() {
        return chance;
    }

    int ejected() {
        return outliers.out();
    }
}
