package io.holdfast.consensus.group;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.loop.Outbox;
import java.time.Duration;
import java.util.Optional;

/** Which node leads, as far as this one has heard, with or without a replica of its own: that of the highest term. */
final class HeardLeader {
    private final NodeId self;
    private final Duration interval;
    private final Neighbours neighbours;
    private Optional<NodeId> leader = Optional.empty();
    private long term = -1;
    private long heardNanos;

    HeardLeader(NodeId self, Duration interval, Neighbours neighbours) {
        this.self = self;
        this.interval = interval;
        this.neighbours = neighbours;
    }

    Optional<NodeId> node() {
        return leader;
    }

    long term() {
        return term;
    }

    void seen(NodeId who, long inTerm, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (inTerm < term) {
            return;
        }
        term = inTerm;
        heardNanos = nowNanos;
        if (!leader.equals(Optional.of(who))) {
            leader = Optional.of(who);
            out.publish(new GroupEvent.LeaderSeen(leader));
        }
    }

    /** A node that does not lead says who does: that one is asked itself. */
    void hint(NodeId sender, GroupMessage.Here here, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        here.leader()
                .filter(who -> !who.equals(sender) && !who.equals(self))
                .flatMap(who -> Optional.ofNullable(neighbours.member(who)))
                .filter(who -> here.term() > term)
                .ifPresent(who -> out.send(who.address(), new GroupMessage.Where()));
    }

    void tell(GroupMessage message, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        leader.filter(who -> !who.equals(self))
                .flatMap(who -> Optional.ofNullable(neighbours.member(who)))
                .ifPresent(member -> out.send(member.address(), message));
    }

    /** Asks the leader whether it still leads, and everybody if it is not known or silent. */
    void look(long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        boolean fresh = leader.isPresent() && nowNanos - heardNanos < 3 * interval.toNanos();
        if (fresh) {
            tell(new GroupMessage.Where(), out);
            return;
        }
        for (Member member : neighbours.live()) {
            if (!member.id().equals(self)) {
                out.send(member.address(), new GroupMessage.Where());
            }
        }
    }
}
