package io.holdfast.discovery.outlier;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ServiceInstance;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who of a service's instances takes calls: an immutable snapshot, compared by identity.
 *
 * @param instances the directory's snapshot that it was made from
 * @param standings of each instance
 * @param out who gets no ordinary calls; empty in panic
 * @param onProbe who gets one call at a time
 * @param panic whether too few were left, so that all are used
 */
public record Roster(
        List<ServiceInstance> instances,
        Map<NodeId, Standing> standings,
        Set<NodeId> out,
        Set<NodeId> onProbe,
        boolean panic) {
    /** Nobody is there. */
    public static final Roster EMPTY = new Roster(List.of(), Map.of(), Set.of(), Set.of(), false);

    /**
     * Where an instance stands.
     *
     * @param node its node
     * @param nowNanos the monotonic clock
     * @return its standing; a fresh one that nobody else sees if the directory has moved on since
     */
    public Standing standing(NodeId node, long nowNanos) {
        Standing known = standings.get(node);
        return known == null ? new Standing(node, nowNanos) : known;
    }
}
