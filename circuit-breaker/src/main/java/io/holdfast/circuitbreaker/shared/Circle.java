package io.holdfast.circuitbreaker.shared;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ObserverQuorum;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * One target: what this node's breaker does, what the others say of it, and whose turn it is to try. Rounds order the tries: each try that failed begins the next round, and who hears of a higher
 * round than its own takes it over.
 */
final class Circle {
    private static final long NEVER = Long.MIN_VALUE;
    /** A node wants to try for so long after the last call that it refused. */
    private static final long WANT_NANOS = 10_000_000_000L;

    private final NodeId self;
    private final Target target;
    private final ObserverQuorum quorum;
    private final SharingTimes times;
    private LocalCircuit local = new LocalCircuit(LocalCircuit.State.CLOSED, 0, 0, 0, false, false, 0);
    private boolean following;
    private long round;
    private long roundNanos = NEVER;
    private long triedRound;
    /** When this node tried last, or began to wait. */
    private long triedNanos;

    private long healed = -1;
    private long refusedNanos = NEVER;
    /** When another's try of this round was first heard of. */
    private long othersTryNanos = NEVER;

    Circle(NodeId self, Target target, ObserverQuorum quorum, SharingTimes times) {
        this.self = self;
        this.target = target;
        this.quorum = quorum;
        this.times = times;
    }

    Order step(LocalCircuit now, Map<NodeId, Sighting> others, long nowNanos) {
        learnRound(others, nowNanos);
        LocalCircuit before = local;
        local = now;
        if (now.refused()) {
            refusedNanos = nowNanos;
        }
        if (now.openings() > before.openings()) {
            opened(before.state() != LocalCircuit.State.CLOSED, others, nowNanos);
        } else if (now.state() == LocalCircuit.State.CLOSED && before.state() != LocalCircuit.State.CLOSED) {
            healed = round;
            following = false;
        }
        return switch (now.state()) {
            case CLOSED -> believe(others, nowNanos);
            case HALF_OPEN -> trying(nowNanos);
            case OPEN -> mayTry(others, nowNanos) ? tries() : Order.WAIT;
        };
    }

    private void learnRound(Map<NodeId, Sighting> others, long nowNanos) {
        long highest = others.values().stream().mapToLong(Sighting::round).max().orElse(0);
        if (highest > round) {
            begin(highest, nowNanos);
        }
        if (othersTryNanos == NEVER && others.values().stream().anyMatch(this::triesInThisRound)) {
            othersTryNanos = nowNanos;
        }
    }

    private boolean triesInThisRound(Sighting other) {
        return other.state() == Sighting.State.TRYING && other.round() >= round;
    }

    private void begin(long next, long nowNanos) {
        round = next;
        roundNanos = nowNanos;
        othersTryNanos = NEVER;
    }

    /** The breaker opened by its own counts: a try failed, or the trouble is new. */
    private void opened(boolean tried, Map<NodeId, Sighting> others, long nowNanos) {
        following = false;
        triedNanos = nowNanos;
        if (tried) {
            begin(Math.max(round, triedRound + 1), nowNanos);
        } else if (others.values().stream().noneMatch(other -> isTroubled(other) && other.round() == round)) {
            begin(round + 1, nowNanos);
        } else if (roundNanos == NEVER) {
            roundNanos = nowNanos;
        }
    }

    private static boolean isTroubled(Sighting other) {
        return other.isDown() || other.state() == Sighting.State.TRYING;
    }

    /** Without evidence of its own it believes a quorum of those that have some, but no trouble of a round in which its own calls went well. */
    private Order believe(Map<NodeId, Sighting> others, long nowNanos) {
        if (local.judged()) {
            return Order.NONE;
        }
        List<NodeId> saying = new ArrayList<>();
        int against = 0;
        for (Map.Entry<NodeId, Sighting> other : others.entrySet()) {
            if (other.getValue().state() == Sighting.State.OPEN
                    && other.getValue().round() > healed) {
                saying.add(other.getKey());
            } else if (other.getValue().state() == Sighting.State.CLOSED) {
                against++;
            }
        }
        if (!quorum.believes(saying.size(), against)) {
            return Order.NONE;
        }
        following = true;
        triedNanos = nowNanos;
        saying.sort(null);
        return new Order(
                Order.Kind.OPEN,
                saying.size() + " other nodes have it open by failures of their own (" + first(saying) + "), " + against
                        + " have it closed");
    }

    private static String first(List<NodeId> nodes) {
        String text =
                String.join(", ", nodes.stream().limit(5).map(NodeId::value).toList());
        return nodes.size() > 5 ? text + ", ..." : text;
    }

    private Order trying(long nowNanos) {
        triedNanos = nowNanos;
        return Order.NONE;
    }

    private Order tries() {
        triedRound = round;
        return Order.TRY;
    }

    private boolean mayTry(Map<NodeId, Sighting> others, long nowNanos) {
        boolean wentWell = others.values().stream().anyMatch(other -> !isTroubled(other) && other.healed() >= round);
        if (wentWell) {
            return true;
        }
        List<NodeId> waiting = new ArrayList<>(List.of(self));
        others.forEach((node, other) -> {
            if (isTroubled(other) && (other.wants() || other.state() == Sighting.State.TRYING)) {
                waiting.add(node);
            }
        });
        long patience = 2L * waiting.size() * local.waitNanos();
        return nowNanos - triedNanos >= patience || nowNanos >= turnNanos(waiting);
    }

    /** When this node's turn comes in this round. */
    private long turnNanos(List<NodeId> waiting) {
        waiting.sort(Comparator.comparingLong(this::weight).thenComparing(Comparator.naturalOrder()));
        int count = waiting.size();
        int place = Math.floorMod(waiting.indexOf(self) - Math.floorMod(round, count), count);
        long since = roundNanos == NEVER ? triedNanos : roundNanos;
        long start = since + local.waitNanos();
        if (othersTryNanos != NEVER) {
            start = Math.max(start, othersTryNanos + times.verdict().toNanos());
        }
        return start + place * times.handover().toNanos() + (place == 0 ? 0 : jitter());
    }

    /** Two nodes that count the waiting differently may both think themselves next: they shall not try at the same instant. */
    private long jitter() {
        return Math.floorMod(mix(weight(self) + round), times.handover().toNanos() / 2 + 1);
    }

    private long weight(NodeId node) {
        return mix(((long) node.value().hashCode() << 32) ^ target.toString().hashCode());
    }

    /** The finaliser of MurmurHash3: the same on every node. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }

    Sighting sighting(long nowNanos) {
        boolean wants = refusedNanos != NEVER && nowNanos - refusedNanos <= WANT_NANOS;
        return new Sighting(state(), wants, round, healed, local.calls(), local.failures());
    }

    private Sighting.State state() {
        return switch (local.state()) {
            case CLOSED -> local.judged() ? Sighting.State.CLOSED : Sighting.State.UNKNOWN;
            case OPEN -> following ? Sighting.State.FOLLOWING : Sighting.State.OPEN;
            case HALF_OPEN -> Sighting.State.TRYING;
        };
    }
}
