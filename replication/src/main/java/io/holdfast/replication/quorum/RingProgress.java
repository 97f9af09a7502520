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
     * @param isRemoved of whom an operator has said that it runs no more; that others believe it dead is not enough, since it may answer reads by the old ring
     */
    static Optional<Ring> next(Ring ring, Map<NodeId, Long> reported, Predicate<NodeId> isRemoved) {
        return switch (ring.phase()) {
            case STABLE -> Optional.empty();
            case FILLING ->
                ring.target().stream().allMatch(member -> has(reported, member.node(), ring.epoch()))
                        ? Optional.of(ring.next())
                        : Optional.empty();
            case SWITCHED ->
                ring.nodes().stream()
                                .allMatch(node -> has(reported, node, ring.epoch())
                                        || (isRemoved.test(node) && !ring.stays(node)))
                        ? Optional.of(ring.next())
                        : Optional.empty();
        };
    }

    private static boolean has(Map<NodeId, Long> reported, NodeId node, long epoch) {
        return reported.getOrDefault(node, 0L) >= epoch;
    }
}
