package io.holdfast.discovery.balance;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ServiceInstance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The loads of the instances of one service, kept from one snapshot of the directory to the next. Bounded by the snapshot: the load of a node that is no longer in it is forgotten. */
public final class LoadTable {
    private record Snapshot(List<ServiceInstance> instances, Map<NodeId, Load> loads, Candidates candidates) {}

    private volatile Snapshot current = new Snapshot(List.of(), Map.of(), new Candidates(List.of()));

    /** Makes an empty table. */
    public LoadTable() {}

    /**
     * The candidates of a snapshot: its instances that are ready and have a weight above 0.
     *
     * @param instances the directory's snapshot; the same object gives the same candidates at no cost
     * @return the candidates
     */
    public Candidates candidates(List<ServiceInstance> instances) {
        Snapshot known = current;
        return known.instances == instances ? known.candidates : renew(instances);
    }

    private synchronized Candidates renew(List<ServiceInstance> instances) {
        Map<NodeId, Load> loads = new HashMap<>();
        List<Candidate> candidates = new ArrayList<>();
        for (ServiceInstance instance : instances) {
            Load before = current.loads.get(instance.node());
            Load load = before == null ? new Load() : before;
            loads.put(instance.node(), load);
            if (instance.ready() && instance.weight() > 0) {
                candidates.add(new Candidate(instance, load));
            }
        }
        Candidates made = new Candidates(candidates);
        current = new Snapshot(instances, loads, made);
        return made;
    }
}
