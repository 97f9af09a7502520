package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import org.jspecify.annotations.Nullable;

/** A node that wants to stop. It goes when its seat is taken, when nobody can take it, or when it has waited long enough. */
final class Departure {
    private final NodeId self;
    private final GroupConfig config;
    private final Neighbours neighbours;
    private final HeardLeader leader;
    private boolean leaving;
    private long leavingSince;
    private boolean released;

    Departure(NodeId self, GroupConfig config, Neighbours neighbours, HeardLeader leader) {
        this.self = self;
        this.config = config;
        this.neighbours = neighbours;
        this.leader = leader;
    }

    boolean isUnderWay() {
        return leaving;
    }

    void begin(long nowNanos) {
        leaving = true;
        leavingSince = nowNanos;
    }

    void step(@Nullable ReplicaStatus own, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (own == null
                || !own.voters().names(own.self())
                || nowNanos - leavingSince >= config.leaveLimit().toNanos()) {
            release(out);
            return;
        }
        neighbours.leaves(self, nowNanos);
        if (!own.ready()) {
            leader.tell(new GroupMessage.Leaving(), out);
        } else if (own.voters().current().size() == 1 && neighbours.offers().isEmpty()) {
            onReleased(own, nowNanos, out);
        }
    }

    /** Those without a seat offer themselves once in an interval: they are heard before it is said that there is none. */
    void onReleased(@Nullable ReplicaStatus own, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        boolean others = own != null
                && neighbours.live().stream()
                        .anyMatch(member -> own.voters().current().stream()
                                .noneMatch(peer -> peer.node().equals(member.id())));
        if (!others || nowNanos - leavingSince >= 3 * config.interval().toNanos()) {
            release(out);
        }
    }

    void release(Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (leaving && !released) {
            released = true;
            out.publish(new GroupEvent.Released());
        }
    }
}
