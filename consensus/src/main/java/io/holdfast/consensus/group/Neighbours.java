package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What this node knows of the others: who lives, who offers, who leaves, whose replica fails. Bounded by the membership. */
final class Neighbours {
    /** An offer of a node without a seat. */
    record Offered(Optional<PeerId> waiting, long sinceNanos, long heardNanos) {}

    /** What a node says of its replica. */
    private record Failed(PeerId peer, Duration lasted, long heardNanos) {}

    private final Map<NodeId, Member> members = new TreeMap<>();
    private final Map<NodeId, Long> deadSince = new HashMap<>();
    private final Map<NodeId, Offered> offers = new TreeMap<>();
    private final Map<NodeId, Long> leaving = new HashMap<>();
    private final Map<NodeId, Failed> failing = new HashMap<>();

    void seen(Member member) {
        members.put(member.id(), member);
        if (isLive(member.id())) {
            deadSince.remove(member.id());
        } else {
            offers.remove(member.id());
            leaving.remove(member.id());
            failing.remove(member.id());
        }
    }

    @Nullable Member member(NodeId node) {
        return members.get(node);
    }

    boolean isLive(NodeId node) {
        Member member = members.get(node);
        return member != null && (member.state() == MemberState.ALIVE || member.state() == MemberState.SUSPECT);
    }

    String zone(NodeId node) {
        Member member = members.get(node);
        return member == null ? "" : member.zone();
    }

    List<Member> live() {
        return members.values().stream().filter(member -> isLive(member.id())).toList();
    }

    Optional<NodeId> at(Address address) {
        return members.values().stream()
                .filter(member -> member.address().equals(address))
                .map(Member::id)
                .findFirst();
    }

    /** How long a node has been seen dead by this one. */
    Duration deadFor(NodeId node, long nowNanos) {
        return Duration.ofNanos(nowNanos - deadSince.computeIfAbsent(node, unknown -> nowNanos));
    }

    void offered(NodeId node, Optional<PeerId> waiting, long nowNanos) {
        if (isLive(node)) {
            Offered before = offers.get(node);
            long since = before != null && before.waiting().equals(waiting) ? before.sinceNanos() : nowNanos;
            offers.put(node, new Offered(waiting, since, nowNanos));
        }
    }

    void leaves(NodeId node, long nowNanos) {
        leaving.put(node, nowNanos);
    }

    boolean isLeaving(NodeId node) {
        return leaving.containsKey(node);
    }

    /** A node speaks for its own replica only. */
    void fails(NodeId node, GroupMessage.Failing said, long nowNanos) {
        if (isLive(node) && said.peer().node().equals(node)) {
            failing.put(node, new Failed(said.peer(), said.lasted(), nowNanos));
        }
    }

    /** For how long a replica has failed, as its node says; empty if it does not say so. */
    Optional<Duration> failingFor(PeerId peer) {
        return Optional.ofNullable(failing.get(peer.node()))
                .filter(said -> said.peer().equals(peer))
                .map(Failed::lasted);
    }

    Map<NodeId, Offered> offers() {
        return offers;
    }

    /** Offers, goodbyes and failures are said again and again; one that is not has lost its meaning. */
    void forgetBefore(long nanos) {
        offers.values().removeIf(offer -> offer.heardNanos() - nanos < 0);
        leaving.values().removeIf(said -> said - nanos < 0);
        failing.values().removeIf(said -> said.heardNanos() - nanos < 0);
    }
}
