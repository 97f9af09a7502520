package io.holdfast.discovery.balance;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.discovery.outlier.Roster;
import io.holdfast.discovery.outlier.Standing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The loads of the instances as the calls of one method see them, kept from one snapshot of the directory to the next. Loads are of a method, because methods take different times; who is out is
 * of the service. Bounded by the snapshot: the load of a node that is no longer in it is forgotten.
 */
public final class LoadTable {
    private record Snapshot(
            List<ServiceInstance> instances,
            Roster roster,
            int subset,
            Map<NodeId, Load> loads,
            Candidates candidates) {}

    private final NodeId caller;
    private volatile Snapshot current =
            new Snapshot(List.of(), Roster.EMPTY, 0, Map.of(), new Candidates(List.of(), List.of(), false));

    /**
     * Makes an empty table.
     *
     * @param caller the calling node, which settles its subset
     */
    public LoadTable(NodeId caller) {
        this.caller = caller;
    }

    /**
     * The candidates of a snapshot: those of its instances that are ready, have a weight above 0, belong to the subset and are not out; all of these if none is in.
     *
     * @param instances the directory's snapshot; the same objects give the same candidates at no cost
     * @param roster who is in
     * @param subset how many instances this caller uses; 0 for all
     * @param nowNanos the monotonic clock
     * @return the candidates
     */
    public Candidates candidates(List<ServiceInstance> instances, Roster roster, int subset, long nowNanos) {
        Snapshot known = current;
        return known.instances == instances && known.roster == roster && known.subset == subset
                ? known.candidates
                : renew(instances, roster, subset, nowNanos);
    }

    private synchronized Candidates renew(List<ServiceInstance> instances, Roster roster, int subset, long nowNanos) {
        Map<NodeId, Load> loads = new HashMap<>();
        instances.forEach(each -> loads.put(each.node(), current.loads.getOrDefault(each.node(), new Load())));
        List<Candidate> able = new ArrayList<>();
        List<Candidate> in = new ArrayList<>();
        List<Candidate> onProbe = new ArrayList<>();
        List<ServiceInstance> ready = instances.stream()
                .filter(each -> each.ready() && each.weight() > 0)
                .toList();
        for (ServiceInstance instance : Subset.of(caller, ready, subset)) {
            NodeId node = instance.node();
            Load load = loads.getOrDefault(node, new Load());
            Standing standing = roster.standing(node, nowNanos);
            Candidate candidate = new Candidate(instance, load, standing, false);
            able.add(candidate);
            if (!roster.out().contains(node)) {
                in.add(candidate);
            }
            if (roster.onProbe().contains(node)) {
                onProbe.add(new Candidate(instance, load, standing, true));
            }
        }
        Candidates made = candidates(in.isEmpty() ? able : in, onProbe, nowNanos);
        current = new Snapshot(instances, roster, subset, loads, made);
        return made;
    }

    private static Candidates candidates(List<Candidate> chosen, List<Candidate> onProbe, long nowNanos) {
        long cold =
                chosen.stream().filter(each -> each.standing().cold(nowNanos)).count();
        return new Candidates(chosen, onProbe, cold > 0 && 2 * cold < chosen.size());
    }
}
