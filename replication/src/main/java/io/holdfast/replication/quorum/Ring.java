package io.holdfast.replication.quorum;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who keeps rows: a committed fact, not a guess about who is alive. A change of members goes through all phases in order, so that every read meets every acknowledged write on the way (joint quorums: Ongaro 2014,
 * "Consensus: bridging theory and practice", section 4.3, here without a log).
 *
 * @param epoch grows by one with each change
 * @param phase how far a change of members is
 * @param current the members; while a change is under way those before it
 * @param target the members after the change; {@code current} while none is under way
 */
public record Ring(long epoch, Phase phase, List<RingMember> current, List<RingMember> target) {
    /** The most members. */
    public static final int MAX_MEMBERS = 255;

    /** How far a change of members is. */
    public enum Phase {
        /** None is under way. */
        STABLE,
        /** Writes go to the replicas before and after; those that come take their rows; reads go to those before. */
        FILLING,
        /** Writes go to both still; reads go to the replicas after. */
        SWITCHED
    }

    /** Before a ring is known: it has no members. */
    public static final Ring NONE = new Ring(0, Phase.STABLE, List.of(), List.of());

    /**
     * Validates and orders the members.
     *
     * @param epoch as the component
     * @param phase as the component
     * @param current as the component
     * @param target as the component
     * @throws IllegalArgumentException if there are too many or one is named twice
     */
    public Ring {
        Check.that(epoch >= 0, "epoch (%d) of a ring must not be negative", epoch);
        current = ordered(current);
        target = ordered(target);
        Check.that(
                phase != Phase.STABLE || current.equals(target),
                "a ring that does not change must have one set of members");
    }

    private static List<RingMember> ordered(List<RingMember> members) {
        Set<NodeId> seen = new HashSet<>();
        for (RingMember member : members) {
            Check.that(seen.add(member.node()), "member %s of a ring must be named once", member.node());
        }
        Check.that(
                members.size() <= MAX_MEMBERS,
                "a ring (%d members) must have at most %d; keep the rows on fewer nodes",
                members.size(),
                MAX_MEMBERS);
        return members.stream()
                .sorted(Comparator.comparing(member -> member.node().value()))
                .toList();
    }

    /**
     * A ring that does not change.
     *
     * @param epoch its epoch
     * @param members its members
     * @return the ring
     */
    public static Ring stable(long epoch, List<RingMember> members) {
        return new Ring(epoch, Phase.STABLE, members, members);
    }

    /**
     * The first step of a change.
     *
     * @param members who shall keep rows
     * @return the next ring
     */
    public Ring changingTo(List<RingMember> members) {
        Check.that(phase == Phase.STABLE, "the ring of epoch %d changes already; wait until it is stable", epoch);
        return new Ring(epoch + 1, Phase.FILLING, current, members);
    }

    /**
     * The next step of a change that is under way.
     *
     * @return the next ring
     */
    public Ring next() {
        return phase == Phase.FILLING
                ? new Ring(epoch + 1, Phase.SWITCHED, current, target)
                : stable(epoch + 1, target);
    }

    /**
     * This ring after a member has lost its disk and has taken its rows from the others.
     *
     * @param node the member
     * @param store its new store
     * @return the next ring
     */
    public Ring withStore(NodeId node, long store) {
        return new Ring(epoch + 1, phase, replaced(current, node, store), replaced(target, node, store));
    }

    private static List<RingMember> replaced(List<RingMember> members, NodeId node, long store) {
        return members.stream()
                .map(member -> member.node().equals(node) ? new RingMember(node, member.zone(), store) : member)
                .toList();
    }

    /**
     * Whether a node is a member with another store than the one that it has now.
     *
     * @param node the node
     * @param store the store that it has
     * @return true if it has lost its disk
     */
    public boolean isReplaced(NodeId node, long store) {
        return Stream.concat(current.stream(), target.stream())
                .anyMatch(member -> member.node().equals(node) && member.store() != store);
    }

    /**
     * Whether a node keeps rows when the change of members is through.
     *
     * @param node the node
     * @return whether it is among the target's members
     */
    public boolean stays(NodeId node) {
        return target.stream().anyMatch(member -> member.node().equals(node));
    }

    /**
     * This ring with the change that is under way given up: nobody has read from those who were to come.
     *
     * @return the next ring
     */
    public Ring aborted() {
        Check.that(phase == Phase.FILLING, "the change of epoch %d cannot be given up in phase %s", epoch, phase);
        return stable(epoch + 1, current);
    }

    /**
     * Everybody who keeps rows, before or after.
     *
     * @return the nodes, ordered
     */
    public List<NodeId> nodes() {
        return Stream.concat(current.stream(), target.stream())
                .map(RingMember::node)
                .distinct()
                .sorted(Comparator.comparing(NodeId::value))
                .toList();
    }

    /**
     * Whether a node keeps rows, before or after.
     *
     * @param node the node
     * @return whether it is a member
     */
    public boolean has(NodeId node) {
        return Stream.concat(current.stream(), target.stream())
                .anyMatch(member -> member.node().equals(node));
    }
}
