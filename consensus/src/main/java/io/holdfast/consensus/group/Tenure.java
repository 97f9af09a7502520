package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.loop.Outbox;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a leader does about its voters: one step at a time, and the next only when the one before has ended. */
final class Tenure {
    private final GroupConfig config;
    private final Neighbours neighbours;
    private @Nullable ReplicaStatus last;
    private SeatPlan.Step step = new SeatPlan.Step.None();
    private boolean changing;
    private long changeEndNanos;
    private long handedOverNanos = Long.MIN_VALUE;

    Tenure(GroupConfig config, Neighbours neighbours) {
        this.config = config;
        this.neighbours = neighbours;
    }

    void onStatus(ReplicaStatus status) {
        last = status;
    }

    void onChanged() {
        changing = false;
    }

    void step(ReplicaStatus status, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (changing && nowNanos - changeEndNanos < 0) {
            return;
        }
        changing = false;
        step = SeatPlan.next(config, neighbours, status.self(), status.voters(), nowNanos);
        if (step instanceof SeatPlan.Step.Change change) {
            changing = true;
            // the engine answers within its limit; should its answer get lost, the next step waits no longer than that
            changeEndNanos = nowNanos + 2 * config.joinLimit().toNanos();
            out.publish(
                    new GroupEvent.Decided(change.why() + ": " + status.voters().current() + " -> " + change.wanted()));
            out.publish(new GroupEvent.ChangeVoters(status.voters().current(), change.wanted()));
        } else if (step instanceof SeatPlan.Step.Invite invite) {
            send(invite.node(), new GroupMessage.Invite(), out);
        } else if (step instanceof SeatPlan.Step.HandOver over) {
            handOver(over.to(), nowNanos, out);
        }
        dismiss(status.voters(), nowNanos, out);
    }

    private void handOver(PeerId to, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (handedOverNanos == Long.MIN_VALUE
                || nowNanos - handedOverNanos >= 4 * config.interval().toNanos()) {
            handedOverNanos = nowNanos;
            out.publish(new GroupEvent.Decided("leaves and hands the lead to " + to));
            out.publish(new GroupEvent.TransferLead(Optional.of(to)));
        }
    }

    /** A replica that nobody has needed for long costs memory and disk for nothing. */
    private void dismiss(Voters voters, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        neighbours
                .offers()
                .forEach((node, offer) -> offer.waiting().ifPresent(peer -> {
                    boolean wanted = voters.current().contains(peer)
                            || voters.outgoing().contains(peer)
                            || (step instanceof SeatPlan.Step.Change change
                                    && change.wanted().contains(peer));
                    if (!wanted
                            && nowNanos - offer.sinceNanos()
                                    >= config.replaceAfter().toNanos()) {
                        send(node, new GroupMessage.Dismiss(peer), out);
                    }
                }));
    }

    /** Whether a node that leaves has no seat any more, or nobody is there to take it. */
    boolean mayGo(NodeId node) {
        ReplicaStatus status = last;
        if (status == null || changing || !status.voters().outgoing().isEmpty()) {
            return false;
        }
        boolean seated =
                status.voters().current().stream().anyMatch(peer -> peer.node().equals(node));
        return !seated || step instanceof SeatPlan.Step.None;
    }

    private void send(NodeId to, GroupMessage message, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        Member member = neighbours.member(to);
        if (member != null) {
            out.send(member.address(), message);
        }
    }
}
