package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Which ring shall follow, decided from what the members have committed about themselves: a pure function, so that it does not matter who decides. */
final class RingPlan {
    /**
     * How far a node is.
     *
     * @param epoch the latest ring that it knows and has taken the rows for
     * @param store the store that it has
     */
    record Report(long epoch, long store) {}

    private RingPlan() {}

    /**
     * The first ring, when it is time to found one.
     *
     * @param wishing who wishes to keep rows
     */
    static Ring founded(Map<NodeId, RingMember> wishing) {
        return Ring.stable(1, List.copyOf(wishing.values()));
    }

    /**
     * The ring that follows, if one shall.
     *
     * @param ring the committed ring
     * @param wishing who wishes to keep rows, with the store that each has now
     * @param reports how far the nodes are
     * @param isRemoved of whom an operator has said that it runs no more
     */
    static Optional<Ring> next(
            Ring ring, Map<NodeId, RingMember> wishing, Map<NodeId, Report> reports, Predicate<NodeId> isRemoved) {
        if (ring.phase() == Ring.Phase.FILLING
                && ring.target().stream().anyMatch(member -> !wishing.containsKey(member.node()))) {
            return Optional.of(ring.aborted()); // who was to come, or to stay, will not
        }
        List<RingMember> all = new ArrayList<>(ring.current());
        all.addAll(ring.target());
        for (RingMember member : all) {
            Report report = reports.get(member.node());
            if (report != null && report.store() != member.store() && report.epoch() == ring.epoch()) {
                return Optional.of(ring.withStore(member.node(), report.store()));
            }
        }
        if (ring.phase() != Ring.Phase.STABLE) {
            Map<NodeId, Long> epochs = new HashMap<>();
            reports.forEach((node, report) -> {
                if (!ring.isReplaced(node, report.store())) {
                    epochs.put(node, report.epoch());
                }
            });
            return RingProgress.next(ring, epochs, isRemoved);
        }
        List<RingMember> target = target(ring, wishing);
        return target.isEmpty() || target.equals(ring.current())
                ? Optional.empty()
                : Optional.of(ring.changingTo(target));
    }

    /** A member keeps the store that the ring counts on; one that has lost it is replaced by its report. */
    private static List<RingMember> target(Ring ring, Map<NodeId, RingMember> wishing) {
        Map<NodeId, RingMember> members = new HashMap<>();
        ring.current().forEach(member -> members.put(member.node(), member));
        List<RingMember> target = new ArrayList<>();
        wishing.forEach((node, wish) -> target.add(members.getOrDefault(node, wish)));
        target.sort(Comparator.comparing(member -> member.node().value()));
        return target;
    }
}
