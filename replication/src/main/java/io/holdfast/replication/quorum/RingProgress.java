package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** When a change of members may go on: decided from what the members have reported, and so the same for whoever decides. */
final class RingProgress {
    private RingProgress() {}

    /**
     * The next ring, if the present one may go on.
     *
     * @param ring the committed ring
     * @param reported for each node the latest epoch that it knows, and has taken the rows for that it must
     * @param isGone who is believed dead, or has left
     */
    static Optional<Ring> next(Ring ring, Map<NodeId, Long> reported, Predicate<NodeId> isGone) {
        return switch (ring.phase()) {
            case STABLE -> Optional.empty();
            case FILLING ->
                ring.target().stream().allMatch(member -> has(reported, member.node(), ring.epoch()))
                        ? Optional.of(ring.next())
                        : Optional.empty();
            case SWITCHED ->
                ring.nodes().stream()
                                .allMatch(node -> has(reported, node, ring.epoch())
                                        || (isGone.test(node) && !isTarget(ring, node)))
                        ? Optional.of(ring.next())
                        : Optional.empty();
        };
    }

    private static boolean has(Map<NodeId, Long> reported, NodeId node, long epoch) {
        return reported.getOrDefault(node, 0L) >= epoch;
    }

    private static boolean isTarget(Ring ring, NodeId node) {
        return ring.target().stream().anyMatch(member -> member.node().equals(node));
    }
}
