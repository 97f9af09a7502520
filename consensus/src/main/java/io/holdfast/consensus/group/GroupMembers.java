package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.core.Address;
import io.holdfast.core.ClusterMismatchException;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import java.util.Comparator;
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
    /** What this node's replica is doing. */
    private enum Phase {
        /** It has none. */
        NONE,
        /** It is being opened. */
        OPENING,
        /** It runs. */
        RUNNING,
        /** It stopped, or could not be opened, and is opened again after a pause. */
        WAITING,
        /** Its storage is being set aside. */
        SETTING_ASIDE,
        /** This node stays out. */
        REFUSED
    }

    private final GroupId group;
    private final NodeId node;
    private final GroupConfig config;
    private final RandomGenerator random;
    private final Neighbours neighbours = new Neighbours();
    private final boolean storageAtStart;
    private final boolean restores;
    private final Tenure tenure;
    private final Restarts restarts;
    private @Nullable ReplicaIdentity identity;
    private @Nullable ReplicaStatus status;
    private @Nullable LeaderWatch watch;
    private Phase phase = Phase.NONE;
    private String clusterId = "";
    private List<NodeId> founders = List.of();
    private Optional<NodeId> leader = Optional.empty();
    private long leaderTerm = -1;
    private long leaderHeardNanos;
    private boolean wasSeated;
    private boolean leaving;
    private long leavingSince;
    private Opening again = new Opening.Reopen();
    private boolean unwritten;
    private @Nullable GroupEvent asked;
    private boolean released;

    /**
     * Makes a node that has not started.
     *
     * @param group the group
     * @param node this node
     * @param config the rules' numbers
     * @param identity what {@link ReplicaIdentity#read} found
     * @param storage whether storage of the group is there
     * @param restores whether this node is to found the group alone, on the state of a backup
     * @param random chance; for this group and node alone
     */
    public GroupMembers(
            GroupId group,
            NodeId node,
            GroupConfig config,
            Optional<ReplicaIdentity> identity,
            boolean storage,
            boolean restores,
            RandomGenerator random) {
        this.group = group;
        this.node = node;
        this.config = config;
        this.identity = identity.orElse(null);
        this.storageAtStart = storage;
        this.restores = restores;
        this.random = random;
        this.tenure = new Tenure(config, neighbours);
        this.restarts = new Restarts(config.interval());
    }

    @Override
    public void onStart(long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        out.wakeAt(nowNanos + config.interval().toNanos(), new GroupTimer.Tick());
    }

    @Override
    public void onRequest(GroupRequest request, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (request instanceof GroupRequest.InCluster in) {
            onCluster(in, out);
        } else if (request instanceof GroupRequest.MemberSeen seen) {
            neighbours.seen(seen.member());
        } else if (request instanceof GroupRequest.ReplicaSeen seen) {
            onStatus(seen.status(), nowNanos, out);
        } else if (request instanceof GroupRequest.Opened opened) {
            onOpened(opened.peer(), nowNanos, out);
        } else if (request instanceof GroupRequest.OpenFailed failed) {
            onOpenFailed(failed, nowNanos, out);
        } else if (request instanceof GroupRequest.SetAsideDone) {
            phase = Phase.NONE;
            step(nowNanos, out);
        } else if (request instanceof GroupRequest.VotersChanged changed) {
            tenure.onChanged();
            decide("change of voters: " + changed.result(), out);
        } else if (request instanceof GroupRequest.NotWritten) {
            unwritten = true;
        } else if (request instanceof GroupRequest.ConnectionLost lost) {
            onConnection(lost.address(), false, nowNanos, out);
        } else if (request instanceof GroupRequest.Unreachable lost) {
            onConnection(lost.address(), true, nowNanos, out);
        } else if (request instanceof GroupRequest.LeaderSilent && watch != null) {
            watch.onSilence(status, nowNanos, out);
        } else if (request instanceof GroupRequest.Leave && !leaving) {
            leaving = true;
            leavingSince = nowNanos;
            step(nowNanos, out);
        }
    }

    /** The start: an identity and its storage belong together; what lacks the other is not used. */
    private void onCluster(GroupRequest.InCluster in, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (!clusterId.isEmpty()) {
            return;
        }
        clusterId = in.clusterId();
        founders = in.founders();
        ReplicaIdentity known = identity;
        if (known == null) {
            if (storageAtStart) {
                setAside("storage without an identity", out);
            } else if (restores) {
                restore(out);
            } else {
                found(out);
            }
            return;
        }
        try {
            known.require(node, clusterId);
        } catch (ClusterMismatchException e) {
            refuse(String.valueOf(e.getMessage()), out);
            return;
        }
        if (known.stage() == ReplicaIdentity.Stage.RESTORING) {
            restore(out);
        } else if (known.stage() == ReplicaIdentity.Stage.RETIRED) {
            setAside("replica " + known.peer() + " is retired", out);
        } else if (storageAtStart) {
            open(known.peer(), new Opening.Reopen(), out);
        } else if (known.stage() == ReplicaIdentity.Stage.FOUNDING) {
            open(known.peer(), new Opening.Found(known.founding()), out);
        } else {
            retire("the storage of replica " + known.peer() + " is gone", out);
        }
    }

    /** Founders vote, as many as shall vote; which of them depends on the group, so that groups spread. All of them compute the same. */
    private void found(Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        List<PeerId> seats = founders.stream()
                .sorted(Comparator.<NodeId>comparingLong(this::draw).thenComparing(Comparator.naturalOrder()))
                .limit(config.voters())
                .map(founder -> new PeerId(founder, 0))
                .sorted()
                .toList();
        PeerId own = new PeerId(node, 0);
        if (seats.contains(own)) {
            remember(new ReplicaIdentity(group, clusterId, own, ReplicaIdentity.Stage.FOUNDING, seats), out);
            decide("founds the group as " + seats, out);
            open(own, new Opening.Found(seats), out);
        }
    }

    /** Alone, so that there is one place only where the group can begin; the others join it. */
    private void restore(Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (!restores) {
            refuse(
                    "this node was restoring the group from a backup and did not end it; start it with the backup again",
                    out);
            return;
        }
        if (!founders.equals(List.of(node))) {
            refuse(
                    "a backup is restored by the node that founds its cluster alone, and this cluster was founded by "
                            + founders
                            + "; stop its nodes, empty their data directories, start this node alone and expecting 1 node, and the others when it is ready",
                    out);
            return;
        }
        PeerId own = new PeerId(node, 0);
        remember(new ReplicaIdentity(group, clusterId, own, ReplicaIdentity.Stage.RESTORING, List.of()), out);
        decide("restores the group from a backup as " + own, out);
        open(own, new Opening.Seeded(), out);
    }

    private long draw(NodeId founder) {
        long hash = 0xcbf29ce484222325L;
        String text = group + "/" + founder;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash ^ (hash >>> 32);
    }

    private void open(PeerId peer, Opening opening, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        phase = Phase.OPENING;
        ask(new GroupEvent.Open(peer, opening), out);
    }

    private void onOpened(PeerId peer, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaIdentity known = identity;
        if (phase != Phase.OPENING || known == null || !known.peer().equals(peer)) {
            return;
        }
        phase = Phase.RUNNING;
        restarts.onRunning(nowNanos);
        watch = new LeaderWatch(peer, config, neighbours, random);
        if (known.stage() != ReplicaIdentity.Stage.OPEN) {
            remember(known.at(ReplicaIdentity.Stage.OPEN), out);
        }
        step(nowNanos, out);
    }

    private void onOpenFailed(
            GroupRequest.OpenFailed failed, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaIdentity known = identity;
        if (phase != Phase.OPENING || known == null) {
            return;
        }
        String what = "replica " + failed.peer() + " cannot be opened: " + failed.reason();
        if (known.stage() == ReplicaIdentity.Stage.RESTORING) {
            refuse(failed.reason(), out);
            return;
        }
        boolean founding = known.stage() == ReplicaIdentity.Stage.FOUNDING;
        if (failed.storage() == GroupRequest.OpenFailed.Storage.USABLE) {
            openLater(new Opening.Reopen(), what, nowNanos, out);
        } else if (failed.storage() == GroupRequest.OpenFailed.Storage.NONE && founding) {
            openLater(new Opening.Found(known.founding()), what, nowNanos, out);
        } else {
            retire(what, out);
        }
    }

    private void onStopped(ReplicaStatus seen, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (seen.needsUpgrade()) {
            phase = Phase.REFUSED;
            out.publish(new GroupEvent.Refused(seen.failure().orElse("")));
        } else {
            String reason = seen.failure().orElse("the engine closed it");
            openLater(new Opening.Reopen(), "replica " + seen.self() + " stopped: " + reason, nowNanos, out);
        }
    }

    private void openLater(
            Opening opening, String what, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        phase = Phase.WAITING;
        status = null;
        watch = null;
        again = opening;
        long pause = restarts.onFailure(nowNanos);
        decide(what + "; it is opened again in " + pause / 1_000_000 + " ms", out);
        out.wakeAt(nowNanos + pause, new GroupTimer.OpenAgain());
    }

    private void openAgain(Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaIdentity known = identity;
        if (phase == Phase.WAITING && known != null) {
            open(known.peer(), again, out);
        }
    }

    private void refuse(String reason, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        phase = Phase.REFUSED;
        out.publish(new GroupEvent.Refused(reason));
    }

    /** Never again as this peer: that is on disk before the storage is touched. */
    private void retire(String why, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaIdentity known = identity;
        if (known != null) {
            remember(known.at(ReplicaIdentity.Stage.RETIRED), out);
        }
        setAside(why, out);
    }

    private void setAside(String why, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        phase = Phase.SETTING_ASIDE;
        status = null;
        watch = null;
        wasSeated = false;
        decide("sets its storage aside: " + why, out);
        ask(new GroupEvent.SetAside(why), out);
    }

    private void ask(GroupEvent event, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        asked = event;
        out.publish(event);
    }

    /** What was decided while the identity could not be written (a full disk) was not done. */
    private void writeAgain(Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaIdentity known = identity;
        GroupEvent waits = asked;
        if (unwritten && known != null) {
            unwritten = false;
            remember(known, out);
            if (waits != null && (phase == Phase.OPENING || phase == Phase.SETTING_ASIDE)) {
                out.publish(waits);
            }
        }
    }

    private void remember(ReplicaIdentity value, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        identity = value;
        out.persist(ReplicaIdentity.cell(group), value.encode());
    }

    private void onStatus(ReplicaStatus seen, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaIdentity known = identity;
        LeaderWatch watching = watch;
        if (phase != Phase.RUNNING
                || known == null
                || watching == null
                || !known.peer().equals(seen.self())) {
            return;
        }
        status = seen;
        watching.onStatus(seen, out);
        boolean seated = isSeated(seen.voters(), seen.self());
        wasSeated |= seated;
        if (wasSeated && !seated && seen.voters().index() >= 0 && seen.role() == RaftRole.STOPPED) {
            retire("replica " + seen.self() + " was removed from the group", out);
            return;
        }
        if (seen.role() == RaftRole.STOPPED) {
            onStopped(seen, nowNanos, out);
            return;
        }
        seen.leader().ifPresent(peer -> leads(peer.node(), seen.term(), nowNanos, out));
        tenure.onStatus(seen);
        step(nowNanos, out);
    }

    private static boolean isSeated(Voters voters, PeerId peer) {
        return voters.current().contains(peer) || voters.outgoing().contains(peer);
    }

    private void leads(NodeId who, long term, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (term < leaderTerm) {
            return;
        }
        leaderTerm = term;
        leaderHeardNanos = nowNanos;
        if (!leader.equals(Optional.of(who))) {
            leader = Optional.of(who);
            out.publish(new GroupEvent.LeaderSeen(leader));
        }
    }

    private void onConnection(
            Address address, boolean refused, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        NodeId other = neighbours.at(address);
        LeaderWatch watching = watch;
        if (other == null || watching == null) {
            return;
        }
        if (refused) {
            watching.onUnreachable(other, status, nowNanos, out);
        } else {
            watching.onClosed(other, status, nowNanos, out);
        }
    }

    @Override
    public void onMessage(
            Address from, GroupMessage message, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        NodeId sender = neighbours.at(from);
        if (sender == null || clusterId.isEmpty()) {
            return;
        }
        if (message instanceof GroupMessage.Where) {
            out.send(from, here());
        } else if (message instanceof GroupMessage.Here here) {
            onHere(sender, here, nowNanos, out);
        } else if (message instanceof GroupMessage.Offer offer) {
            neighbours.offered(sender, offer.waiting(), nowNanos);
        } else if (message instanceof GroupMessage.Invite) {
            join(out);
        } else if (message instanceof GroupMessage.Dismiss dismiss) {
            onDismiss(dismiss.peer(), out);
        } else if (message instanceof GroupMessage.Leaving) {
            neighbours.leaves(sender, nowNanos);
            lead(nowNanos, out);
            if (isLeader() && tenure.mayGo(sender)) {
                out.send(from, new GroupMessage.Released());
            }
        } else if (message instanceof GroupMessage.Released && mayGo(nowNanos)) {
            release(out);
        } else if (message instanceof GroupMessage.LeaderLost lost && watch != null) {
            watch.onLost(sender, lost, status, nowNanos, out);
        }
    }

    private GroupMessage here() {
        ReplicaStatus own = status;
        if (own == null) {
            return new GroupMessage.Here(leader, false, leaderTerm, new Voters(List.of(), List.of(), -1));
        }
        return new GroupMessage.Here(own.leader().map(PeerId::node), isLeader(), own.term(), own.voters());
    }

    private boolean isLeader() {
        ReplicaStatus own = status;
        return own != null && own.role() == RaftRole.LEADER && own.ready();
    }

    private void onHere(
            NodeId sender, GroupMessage.Here here, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (watch != null) {
            watch.onAnswer(sender);
        }
        if (!here.leads()) {
            here.leader()
                    .filter(who -> !who.equals(sender) && !who.equals(node))
                    .flatMap(who -> Optional.ofNullable(neighbours.member(who)))
                    .filter(who -> here.term() > leaderTerm)
                    .ifPresent(who -> out.send(who.address(), new GroupMessage.Where()));
            return;
        }
        leads(sender, here.term(), nowNanos, out);
        ReplicaStatus own = status;
        boolean removed = own != null
                && wasSeated
                && here.term() >= own.term()
                && here.voters().index() >= own.voters().index()
                && !isSeated(here.voters(), own.self());
        if (removed && own != null) {
            retire("replica " + own.self() + " was removed from the group while it was away", out);
        }
    }

    /** A new replica with a number of its own; in one that waits already nothing changes. */
    private void join(Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (phase != Phase.NONE || leaving) {
            return;
        }
        PeerId peer = new PeerId(node, 1 + random.nextLong(Long.MAX_VALUE - 1));
        remember(new ReplicaIdentity(group, clusterId, peer, ReplicaIdentity.Stage.OPEN, List.of()), out);
        decide("waits for a seat as " + peer, out);
        open(peer, new Opening.Join(), out);
    }

    private void onDismiss(PeerId peer, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaIdentity known = identity;
        if (phase == Phase.RUNNING && known != null && known.peer().equals(peer) && !wasSeated) {
            retire("the leader has no seat for replica " + peer, out);
        }
    }

    @Override
    public void onTimer(GroupTimer timer, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        LeaderWatch watching = watch;
        if (timer instanceof GroupTimer.Tick) {
            out.wakeAt(nowNanos + config.interval().toNanos(), timer);
            writeAgain(out);
            neighbours.forgetBefore(nowNanos - 5 * config.interval().toNanos());
            step(nowNanos, out);
            look(nowNanos, out);
        } else if (watching != null && timer instanceof GroupTimer.ProbeOver over) {
            watching.onProbeOver(over.term(), status, nowNanos, out);
        } else if (watching != null && timer instanceof GroupTimer.CampaignDue due) {
            watching.onCampaignDue(due.term(), status, nowNanos, out);
        } else if (timer instanceof GroupTimer.OpenAgain) {
            openAgain(out);
        }
    }

    /** What can be done without hearing more: lead, offer, leave. */
    private void step(long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (clusterId.isEmpty() || phase == Phase.REFUSED) {
            if (leaving) {
                release(out);
            }
            return;
        }
        if (leaving) {
            leave(nowNanos, out);
        }
        lead(nowNanos, out);
        boolean vacant = phase == Phase.NONE || (phase == Phase.RUNNING && !wasSeated);
        if (vacant && !leaving) {
            ReplicaIdentity known = identity;
            Optional<PeerId> waiting =
                    phase == Phase.RUNNING && known != null ? Optional.of(known.peer()) : Optional.empty();
            toLeader(new GroupMessage.Offer(waiting), out);
        }
    }

    private void lead(long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaStatus own = status;
        if (own != null && isLeader() && phase == Phase.RUNNING) {
            tenure.step(own, nowNanos, out);
        }
    }

    /** Goes when its seat is taken, when nobody can take it, or when it has waited long enough. */
    private void leave(long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaStatus own = status;
        if (own == null
                || !isSeated(own.voters(), own.self())
                || nowNanos - leavingSince >= config.leaveLimit().toNanos()) {
            release(out);
            return;
        }
        neighbours.leaves(node, nowNanos);
        if (!isLeader()) {
            toLeader(new GroupMessage.Leaving(), out);
        } else if (own.voters().current().size() == 1 && neighbours.offers().isEmpty() && mayGo(nowNanos)) {
            release(out);
        }
    }

    /** Those without a seat offer themselves once in an interval: they are heard before it is said that there is none. */
    private boolean mayGo(long nowNanos) {
        ReplicaStatus own = status;
        boolean others = own != null
                && neighbours.live().stream()
                        .anyMatch(member -> own.voters().current().stream()
                                .noneMatch(peer -> peer.node().equals(member.id())));
        return !others || nowNanos - leavingSince >= 3 * config.interval().toNanos();
    }

    private void release(Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (leaving && !released) {
            released = true;
            out.publish(new GroupEvent.Released());
        }
    }

    private void toLeader(GroupMessage message, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        leader.filter(who -> !who.equals(node))
                .flatMap(who -> Optional.ofNullable(neighbours.member(who)))
                .ifPresent(member -> out.send(member.address(), message));
    }

    /** Asks the leader whether it still leads, and everybody if it is not known or silent. */
    private void look(long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (clusterId.isEmpty() || isLeader()) {
            return;
        }
        boolean fresh = leader.isPresent()
                && nowNanos - leaderHeardNanos < 3 * config.interval().toNanos();
        if (fresh) {
            toLeader(new GroupMessage.Where(), out);
            return;
        }
        for (Member member : neighbours.live()) {
            if (!member.id().equals(node)) {
                out.send(member.address(), new GroupMessage.Where());
            }
        }
    }

    private void decide(String text, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        out.publish(new GroupEvent.Decided(text));
    }

    /**
     * This node's replica of the group, if there is to be one.
     *
     * @return the identity as it is on disk
     */
    public Optional<ReplicaIdentity> identity() {
        return Optional.ofNullable(identity);
    }
}
