package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.core.Address;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides about one group on one node whether it runs a replica, and, where that replica leads, who votes. Its rules are in docs/adr/0007-who-votes.md.
 *
 * <p>A peer id is drawn once, written down before its storage is made, and never opened again when that storage was lost or set aside. All else follows from Raft: this protocol asks for
 * changes, the log decides. Not thread-safe, as every {@link Protocol}.
 */
public final class GroupMembers implements Protocol<GroupRequest, GroupMessage, GroupTimer, GroupEvent> {
    private final GroupConfig config;
    private final RandomGenerator random;
    private final GroupRequest.OpenFailed.Storage storageAtStart;
    private final Neighbours neighbours = new Neighbours();
    private final ReplicaLife life;
    private final HeardLeader leader;
    private final Tenure tenure;
    private final Departure departure;

    // of the replica that runs, or ran last
    private @Nullable ReplicaStatus status;
    private @Nullable LeaderWatch watch;
    private @Nullable PeerId seated;

    /**
     * Makes a node that has not started.
     *
     * @param group the group
     * @param node this node
     * @param config the rules' numbers
     * @param identity what {@link ReplicaIdentity#read} found
     * @param storage what there is of storage of the group; nothing was done with it
     * @param restores whether this node is to found the group alone, on the state of a backup
     * @param random chance; for this group and node alone
     */
    public GroupMembers(
            GroupId group,
            NodeId node,
            GroupConfig config,
            Optional<ReplicaIdentity> identity,
            GroupRequest.OpenFailed.Storage storage,
            boolean restores,
            RandomGenerator random) {
        this.config = config;
        this.random = random;
        this.storageAtStart = storage;
        this.life = new ReplicaLife(group, node, config, identity, restores, random);
        this.leader = new HeardLeader(node, config.interval(), neighbours);
        this.tenure = new Tenure(config, neighbours);
        this.departure = new Departure(node, config, neighbours, leader);
    }

    @Override
    public void onStart(long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        out.wakeAt(nowNanos + config.interval().toNanos(), new GroupTimer.Tick());
    }

    @Override
    public void onRequest(GroupRequest request, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (request instanceof GroupRequest.InCluster in && !life.hasBegun()) {
            life.begin(in, storageAtStart, out);
        } else if (request instanceof GroupRequest.MemberSeen seen) {
            neighbours.seen(seen.member());
        } else if (request instanceof GroupRequest.ReplicaSeen seen) {
            onStatus(seen.status(), nowNanos, out);
        } else if (request instanceof GroupRequest.Opened opened) {
            onOpened(opened.peer(), nowNanos, out);
        } else if (request instanceof GroupRequest.OpenFailed failed) {
            life.onOpenFailed(failed, nowNanos, out);
        } else if (request instanceof GroupRequest.SetAsideDone) {
            life.onSetAside();
            step(nowNanos, out);
        } else if (request instanceof GroupRequest.SetAsideFailed failed) {
            life.onNotSetAside(failed.reason(), nowNanos, out);
        } else if (request instanceof GroupRequest.VotersChanged changed) {
            tenure.onChanged();
            out.publish(new GroupEvent.Decided("change of voters: " + changed.result()));
        } else if (request instanceof GroupRequest.NotWritten) {
            life.onNotWritten();
        } else if (request instanceof GroupRequest.Leave && !departure.isUnderWay()) {
            departure.begin(nowNanos);
            step(nowNanos, out);
        } else {
            onLink(request, nowNanos, out);
        }
    }

    /** What the connections tell is of use only while a replica runs. */
    private void onLink(GroupRequest request, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        LeaderWatch watching = watching();
        if (watching == null) {
            return;
        }
        if (request instanceof GroupRequest.LeaderSilent) {
            watching.onSilence(status, nowNanos, out);
        } else if (request instanceof GroupRequest.ConnectionLost lost) {
            neighbours.at(lost.address()).ifPresent(other -> watching.onClosed(other, status, nowNanos, out));
        } else if (request instanceof GroupRequest.Unreachable lost) {
            neighbours.at(lost.address()).ifPresent(other -> watching.onUnreachable(other, status, nowNanos, out));
        }
    }

    private void onOpened(PeerId peer, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (life.onOpened(peer, nowNanos, out)) {
            status = null;
            watch = new LeaderWatch(peer, config, neighbours, random);
            step(nowNanos, out);
        }
    }

    private void onStatus(ReplicaStatus seen, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        LeaderWatch watching = watching();
        if (!life.runs(seen.self()) || watching == null) {
            return;
        }
        status = seen;
        watching.onStatus(seen, out);
        if (seen.voters().names(seen.self())) {
            seated = seen.self();
        } else if (wasSeated(seen.self()) && seen.voters().index() >= 0 && seen.role() == RaftRole.STOPPED) {
            life.retire("replica " + seen.self() + " was removed from the group", out);
            return;
        }
        if (seen.role() == RaftRole.STOPPED) {
            life.onStopped(seen, nowNanos, out);
            return;
        }
        seen.leader().ifPresent(peer -> leader.seen(peer.node(), seen.term(), nowNanos, out));
        tenure.onStatus(seen);
        step(nowNanos, out);
    }

    private @Nullable LeaderWatch watching() {
        return life.running().isPresent() ? watch : null;
    }

    /** The replica that runs, as it told of itself last. */
    private @Nullable ReplicaStatus own() {
        return life.running().isPresent() ? status : null;
    }

    private boolean wasSeated(PeerId peer) {
        return peer.equals(seated);
    }

    private boolean isLeader() {
        ReplicaStatus own = own();
        return own != null && own.ready();
    }

    @Override
    public void onMessage(
            Address from, GroupMessage message, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (life.hasBegun()) {
            neighbours.at(from).ifPresent(sender -> onMessage(from, sender, message, nowNanos, out));
        }
    }

    private void onMessage(
            Address from,
            NodeId sender,
            GroupMessage message,
            long nowNanos,
            Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        LeaderWatch watching = watching();
        if (message instanceof GroupMessage.Where) {
            out.send(from, here());
        } else if (message instanceof GroupMessage.Here here) {
            onHere(sender, here, nowNanos, out);
        } else if (message instanceof GroupMessage.Offer offer) {
            neighbours.offered(sender, offer.waiting(), nowNanos);
        } else if (message instanceof GroupMessage.Failing failing) {
            neighbours.fails(sender, failing, nowNanos);
        } else if (message instanceof GroupMessage.Invite && !departure.isUnderWay()) {
            life.join(out);
        } else if (message instanceof GroupMessage.Dismiss dismiss) {
            onDismiss(dismiss.peer(), out);
        } else if (message instanceof GroupMessage.Leaving) {
            neighbours.leaves(sender, nowNanos);
            lead(nowNanos, out);
            if (isLeader() && tenure.mayGo(sender)) {
                out.send(from, new GroupMessage.Released());
            }
        } else if (message instanceof GroupMessage.Released) {
            departure.onReleased(own(), nowNanos, out);
        } else if (message instanceof GroupMessage.LeaderLost lost && watching != null) {
            watching.onLost(sender, lost, status, nowNanos, out);
        }
    }

    private GroupMessage here() {
        ReplicaStatus own = own();
        return own == null
                ? new GroupMessage.Here(leader.node(), false, leader.term(), new Voters(List.of(), List.of(), -1))
                : new GroupMessage.Here(own.leader().map(PeerId::node), own.ready(), own.term(), own.voters());
    }

    private void onHere(
            NodeId sender, GroupMessage.Here here, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        LeaderWatch watching = watching();
        if (watching != null) {
            watching.onAnswer(sender);
        }
        if (!here.leads()) {
            leader.hint(sender, here, out);
            return;
        }
        leader.seen(sender, here.term(), nowNanos, out);
        ReplicaStatus own = own();
        boolean removed = own != null
                && wasSeated(own.self())
                && here.term() >= own.term()
                && here.voters().index() >= own.voters().index()
                && !here.voters().names(own.self());
        if (removed && own != null) {
            life.retire("replica " + own.self() + " was removed from the group while it was away", out);
        }
    }

    private void onDismiss(PeerId peer, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (life.runs(peer) && !wasSeated(peer)) {
            life.retire("the leader has no seat for replica " + peer, out);
        }
    }

    @Override
    public void onTimer(GroupTimer timer, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        LeaderWatch watching = watching();
        if (timer instanceof GroupTimer.Tick) {
            out.wakeAt(nowNanos + config.interval().toNanos(), timer);
            life.writeAgain(out);
            neighbours.forgetBefore(nowNanos - 5 * config.interval().toNanos());
            step(nowNanos, out);
            if (life.hasBegun() && !isLeader()) {
                leader.look(nowNanos, out);
            }
        } else if (timer instanceof GroupTimer.Again) {
            life.again(out);
        } else if (watching != null && timer instanceof GroupTimer.ProbeOver over) {
            watching.onProbeOver(over.term(), status, nowNanos, out);
        } else if (watching != null && timer instanceof GroupTimer.CampaignDue due) {
            watching.onCampaignDue(due.term(), status, nowNanos, out);
        }
    }

    /** What can be done without hearing more: lead, offer, leave, and say that the replica fails. */
    private void step(long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        life.failing(nowNanos).ifPresent(failing -> leader.tell(failing, out));
        if (!life.hasBegun() || life.isRefused()) {
            departure.release(out);
            return;
        }
        if (departure.isUnderWay()) {
            departure.step(own(), nowNanos, out);
        }
        lead(nowNanos, out);
        Optional<PeerId> waiting = life.running().filter(peer -> !wasSeated(peer));
        if ((life.isVacant() || waiting.isPresent()) && !departure.isUnderWay()) {
            leader.tell(new GroupMessage.Offer(waiting), out);
        }
    }

    private void lead(long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaStatus own = own();
        if (own != null && own.ready()) {
            tenure.step(own, nowNanos, out);
        }
    }

    /**
     * This node's replica of the group, if there is to be one.
     *
     * @return the identity as it is on disk
     */
    public Optional<ReplicaIdentity> identity() {
        return life.identity();
    }
}
