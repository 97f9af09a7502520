package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.core.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which change of the voters comes next. One at a time, and only if a majority of the voters before and after it lives.
 *
 * <p>A seat is free to be taken when its peer is gone for good (its node offers itself, so it runs another replica or none), when its node leaves, or when for
 * {@link GroupConfig#replaceAfter} the node has been dead or the replica has failed. Such a one keeps its seat until somebody is there to take it, so a restart of the whole cluster changes nothing.
 */
final class SeatPlan {
    /** What to do. */
    sealed interface Step {
        /** Nothing to do, or nothing that can be done now. */
        record None() implements Step {}

        /** Ask a node to run a replica that waits. */
        record Invite(NodeId node) implements Step {}

        /** Change the voters. */
        record Change(List<PeerId> wanted, String why) implements Step {}

        /** This replica leads and cannot give away its own seat: another must lead first. */
        record HandOver(PeerId to) implements Step {}
    }

    private static final Step NONE = new Step.None();

    private final GroupConfig config;
    private final Neighbours neighbours;
    private final PeerId self;
    private final List<PeerId> seats;
    private final long nowNanos;

    private SeatPlan(GroupConfig config, Neighbours neighbours, PeerId self, List<PeerId> seats, long nowNanos) {
        this.config = config;
        this.neighbours = neighbours;
        this.self = self;
        this.seats = seats;
        this.nowNanos = nowNanos;
    }

    /** The next step of the leader {@code self}. */
    static Step next(GroupConfig config, Neighbours neighbours, PeerId self, Voters voters, long nowNanos) {
        if (!voters.outgoing().isEmpty() || !voters.current().contains(self)) {
            return NONE;
        }
        return new SeatPlan(config, neighbours, self, voters.current(), nowNanos).next();
    }

    private Step next() {
        List<PeerId> free = seats.stream()
                .filter(this::isFree)
                .sorted(Comparator.comparing(this::urgency))
                .toList();
        for (PeerId peer : free) {
            Step step = vacate(peer);
            if (step != NONE) {
                return step;
            }
        }
        int wanted = odd(Math.min(config.voters(), liveSeats() + candidates().size()));
        if (seats.size() < wanted) {
            return seat(List.of(), "grows to " + wanted);
        }
        if (seats.size() > config.voters()) {
            return shrink();
        }
        return spread();
    }

    private static int odd(int value) {
        return value % 2 == 1 ? value : value - 1;
    }

    private int liveSeats() {
        return (int) seats.stream().filter(this::isWell).count();
    }

    /** Whether the peer can vote now, as far as this node sees. */
    private boolean isWell(PeerId peer) {
        return peer.equals(self)
                || (neighbours.isLive(peer.node())
                        && !isGone(peer)
                        && neighbours.failingFor(peer).isEmpty());
    }

    private boolean isGone(PeerId peer) {
        return !peer.equals(self)
                && neighbours.offers().containsKey(peer.node())
                && !waiting(peer.node()).equals(Optional.of(peer));
    }

    private boolean isFree(PeerId peer) {
        return isGone(peer) || neighbours.isLeaving(peer.node()) || isLost(peer);
    }

    /** Whether it has not voted for too long. */
    private boolean isLost(PeerId peer) {
        if (peer.equals(self)) {
            return false;
        }
        Duration lasted = neighbours.isLive(peer.node())
                ? neighbours.failingFor(peer).orElse(Duration.ZERO)
                : neighbours.deadFor(peer.node(), nowNanos);
        return lasted.compareTo(config.replaceAfter()) >= 0;
    }

    private int urgency(PeerId peer) {
        return isGone(peer) ? 0 : !isWell(peer) ? 1 : peer.equals(self) ? 3 : 2;
    }

    private Step vacate(PeerId peer) {
        if (peer.equals(self)) {
            return vacateOwn();
        }
        if (seats.size() > 2) {
            return seat(List.of(peer), "takes the seat of " + peer);
        }
        // of two, a swap would leave the new one in the majority before it is proven: first a third, then without
        Step third = seat(List.of(), "will take the seat of " + peer);
        boolean drop = third == NONE && seats.size() == 2 && neighbours.isLeaving(peer.node());
        return drop ? change(without(peer), peer + " leaves and nobody takes its seat") : third;
    }

    private Step vacateOwn() {
        Optional<PeerId> heir = seats.stream()
                .filter(peer -> !peer.equals(self) && isWell(peer) && !neighbours.isLeaving(peer.node()))
                .findFirst();
        return heir.<Step>map(Step.HandOver::new).orElseGet(() -> seat(List.of(), "will take the seat of " + self));
    }

    /** Those that could take a seat: they offer, live, stay. */
    private List<NodeId> candidates() {
        return neighbours.offers().keySet().stream()
                .filter(node -> neighbours.isLive(node) && !neighbours.isLeaving(node))
                .filter(node -> waiting(node).filter(seats::contains).isEmpty())
                .toList();
    }

    /** Adds the best candidate and removes the given seats; the least crowded zone comes first, then who waits already. */
    private Step seat(List<PeerId> removed, String why) {
        List<PeerId> rest =
                seats.stream().filter(peer -> !removed.contains(peer)).toList();
        Map<String, Integer> crowd = crowd(rest);
        Predicate<NodeId> seated =
                node -> rest.stream().anyMatch(peer -> peer.node().equals(node));
        Optional<NodeId> best = candidates().stream()
                .filter(seated.negate())
                .min(Comparator.<NodeId>comparingInt(node -> crowd.getOrDefault(neighbours.zone(node), 0))
                        .thenComparing(node -> waiting(node).isEmpty())
                        .thenComparing(Comparator.naturalOrder()));
        if (best.isEmpty()) {
            return NONE;
        }
        Optional<PeerId> ready = waiting(best.get());
        if (ready.isEmpty()) {
            return new Step.Invite(best.get());
        }
        List<PeerId> wanted = new ArrayList<>(rest);
        wanted.add(ready.get());
        return change(wanted, ready.get() + " " + why);
    }

    private Optional<PeerId> waiting(NodeId node) {
        Neighbours.Offered offer = neighbours.offers().get(node);
        return offer == null ? Optional.empty() : offer.waiting();
    }

    private Map<String, Integer> crowd(List<PeerId> peers) {
        Map<String, Integer> crowd = new HashMap<>();
        peers.forEach(peer -> crowd.merge(neighbours.zone(peer.node()), 1, Integer::sum));
        return crowd;
    }

    private Step change(List<PeerId> wanted, String why) {
        Voters before = new Voters(seats, List.of(), 0);
        Voters after = new Voters(wanted, List.of(), 0);
        Predicate<PeerId> well = peer -> isWell(peer) || waiting(peer.node()).equals(Optional.of(peer));
        if (!before.isQuorum(this::isWell) || !after.isQuorum(well)) {
            return NONE;
        }
        return new Step.Change(after.current(), why);
    }

    /** More seats than are wanted: the free first, then those of crowded zones; never this one's own. */
    private Step shrink() {
        Map<String, Integer> crowd = crowd(seats);
        Comparator<PeerId> first = Comparator.<PeerId>comparingInt(peer -> isWell(peer) ? 1 : 0)
                .thenComparingInt(peer -> -crowd.getOrDefault(neighbours.zone(peer.node()), 0))
                .thenComparing(Comparator.reverseOrder());
        return seats.stream()
                .filter(peer -> !peer.equals(self))
                .min(first)
                .map(peer -> change(without(peer), "more than " + config.voters() + " vote, " + peer + " goes"))
                .orElse(NONE);
    }

    private List<PeerId> without(PeerId peer) {
        return seats.stream().filter(other -> !other.equals(peer)).toList();
    }

    /** All is well: moves one seat to another zone if that makes the loss of a zone cost fewer seats. */
    private Step spread() {
        if (seats.size() < 3 || liveSeats() < seats.size()) {
            return NONE;
        }
        Map<String, Integer> crowd = crowd(seats);
        return seats.stream()
                .filter(peer -> !peer.equals(self))
                .max(Comparator.<PeerId>comparingInt(peer -> crowd.getOrDefault(neighbours.zone(peer.node()), 0))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(peer -> isRelief(crowd.getOrDefault(neighbours.zone(peer.node()), 0), crowd))
                .map(peer -> seat(List.of(peer), "spreads the voters over zones, " + peer + " goes"))
                .orElse(NONE);
    }

    private boolean isRelief(int most, Map<String, Integer> crowd) {
        return candidates().stream().anyMatch(node -> crowd.getOrDefault(neighbours.zone(node), 0) + 1 < most);
    }
}
