package io.holdfast.node;

import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.env.Environment;
import io.holdfast.core.slo.SloBook;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.traffic.TrafficPolicies;

/**
 * What a node wants of the services that it calls, and what it lets go wrong on purpose. The first guards the second, and canaries.
 *
 * @param slos the objectives
 * @param chaos the experiments
 */
record ChaosPart(SloBook slos, Chaos chaos) {
    static ChaosPart of(
            NodeSettings settings, NodeId id, Membership membership, Environment environment, Telemetry telemetry) {
        SloBook slos = new SloBook(settings.slos(), environment.clock(), telemetry.meters());
        Chaos.Ground ground = new Chaos.Ground(
                id.value(),
                environment,
                telemetry.recorder(),
                slos::guard,
                () -> membership.members().stream()
                        .filter(member -> member.state() == MemberState.ALIVE)
                        .map(Member::id)
                        .map(NodeId::value)
                        .toList(),
                new ProcessFaults());
        return new ChaosPart(slos, new Chaos(ground, settings.chaos()));
    }

    /** A canary is rolled back while an objective of its service burns. */
    void guard(TrafficPolicies traffic) {
        slos.trackers().keySet().forEach(service -> traffic.guard(ServiceName.of(service), slos.guardOf(service)));
    }
}
