package io.holdfast.discovery;

import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.cluster.ServiceInstance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** What this node knows, as immutable snapshots: written by the event loop alone, read by all. */
final class View {
    private final Map<NodeId, Member> known = new ConcurrentSkipListMap<>();
    private final Map<ServiceName, List<ServiceInstance>> instances = new ConcurrentHashMap<>();
    private volatile List<Member> live = List.of();
    private volatile List<ServiceName> services = List.of();

    void put(Member member) {
        known.put(member.id(), member);
        refresh();
    }

    void forget(NodeId id) {
        known.remove(id);
        refresh();
    }

    private void refresh() {
        live = known.values().stream()
                .filter(member -> member.state() == MemberState.ALIVE || member.state() == MemberState.SUSPECT)
                .toList();
    }

    Map<NodeId, Member> known() {
        return known;
    }

    List<Member> live() {
        return live;
    }

    void apply(ServiceEvent event) {
        if (event instanceof ServiceEvent.Updated updated) {
            replace(updated.instance().service(), updated.instance().node(), List.of(updated.instance()));
        } else if (event instanceof ServiceEvent.Removed removed) {
            replace(removed.service(), removed.node(), List.of());
        }
    }

    private void replace(ServiceName service, NodeId node, List<ServiceInstance> by) {
        List<ServiceInstance> next = new ArrayList<>(instances.getOrDefault(service, List.of()));
        next.removeIf(instance -> instance.node().equals(node));
        next.addAll(by);
        next.sort(Comparator.comparing(ServiceInstance::node));
        if (next.isEmpty()) {
            instances.remove(service);
        } else {
            instances.put(service, List.copyOf(next));
        }
        services = instances.keySet().stream().sorted().toList();
    }

    List<ServiceInstance> instances(ServiceName service) {
        return instances.getOrDefault(service, List.of());
    }

    List<ServiceName> services() {
        return services;
    }

    int count() {
        return instances.values().stream().mapToInt(List::size).sum();
    }
}
