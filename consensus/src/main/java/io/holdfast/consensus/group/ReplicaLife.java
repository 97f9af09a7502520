package io.holdfast.consensus.group;

import io.holdfast.consensus.group.GroupRequest.OpenFailed;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.ClusterMismatchException;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node runs a replica, and which. It is founded, or joins; it is opened again after it has stopped; its storage is set aside once it must not vote any more. What is decided is on disk, as a
 * {@link ReplicaIdentity}, before it is done.
 */
final class ReplicaLife {
    /** What the replica is doing. */
    private enum Phase {
        /** There is none. */
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
    private final int voters;
    private final boolean restores;
    private final RandomGenerator random;
    private final Restarts restarts;
    private @Nullable ReplicaIdentity identity;
    private Phase phase = Phase.NONE;
    private String clusterId = "";
    private List<NodeId> founders = List.of();
    private @Nullable GroupEvent asked;
    private boolean unwritten;

    ReplicaLife(
            GroupId group,
            NodeId node,
            GroupConfig config,
            Optional<ReplicaIdentity> identity,
            boolean restores,
            RandomGenerator random) {
        this.group = group;
        this.node = node;
        this.voters = config.voters();
        this.identity = identity.orElse(null);
        this.restores = restores;
        this.random = random;
        this.restarts = new Restarts(config.interval());
    }

    Optional<ReplicaIdentity> identity() {
        return Optional.ofNullable(identity);
    }

    boolean hasBegun() {
        return !clusterId.isEmpty();
    }

    boolean isVacant() {
        return phase == Phase.NONE;
    }

    boolean isRefused() {
        return phase == Phase.REFUSED;
    }

    /** Whether this replica runs. */
    boolean runs(PeerId peer) {
        ReplicaIdentity known = identity;
        return phase == Phase.RUNNING && known != null && known.peer().equals(peer);
    }

    /** The replica that runs. */
    Optional<PeerId> running() {
        ReplicaIdentity known = identity;
        return phase == Phase.RUNNING && known != null ? Optional.of(known.peer()) : Optional.empty();
    }

    /** For how long the replica that this node should run has failed; empty if it runs, or has not failed. */
    Optional<GroupMessage.Failing> failing(long nowNanos) {
        ReplicaIdentity known = identity;
        return phase == Phase.RUNNING || phase == Phase.NONE || known == null
                ? Optional.empty()
                : restarts.failingFor(nowNanos).map(lasted -> new GroupMessage.Failing(known.peer(), lasted));
    }

    // ---- the start -------------------------------------------------------------------------------------------

    /** An identity and its storage belong together; what lacks the other is not used. */
    void begin(
            GroupRequest.InCluster in, OpenFailed.Storage storage, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        clusterId = in.clusterId();
        founders = in.founders();
        ReplicaIdentity known = identity;
        if (known == null) {
            if (storage != OpenFailed.Storage.NONE) {
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
        begin(known, storage, out);
    }

    private void begin(
            ReplicaIdentity known, OpenFailed.Storage storage, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        boolean lost = storage == OpenFailed.Storage.LOST;
        if (known.stage() == ReplicaIdentity.Stage.RETIRED) {
            setAside("replica " + known.peer() + " is retired", out);
        } else if (known.stage() == ReplicaIdentity.Stage.RESTORING) {
            if (lost) {
                refuse(
                        "this node was restoring the group from a backup, and what it had written is damaged; empty its data directory and start it with the backup again",
                        out);
            } else {
                restore(out);
            }
        } else if (lost) {
            retire("the storage of replica " + known.peer() + " is damaged", out);
        } else if (storage != OpenFailed.Storage.NONE) {
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
                .limit(voters)
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

    private long draw(NodeId founder) {
        long hash = 0xcbf29ce484222325L;
        String text = group + "/" + founder;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash ^ (hash >>> 32);
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

    /** A new replica with a number of its own; where there is one already nothing changes. */
    void join(Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (phase != Phase.NONE) {
            return;
        }
        PeerId peer = new PeerId(node, 1 + random.nextLong(Long.MAX_VALUE - 1));
        remember(new ReplicaIdentity(group, clusterId, peer, ReplicaIdentity.Stage.OPEN, List.of()), out);
        decide("waits for a seat as " + peer, out);
        open(peer, new Opening.Join(), out);
    }

    // ---- opening ---------------------------------------------------------------------------------------------

    private void open(PeerId peer, Opening opening, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        phase = Phase.OPENING;
        ask(new GroupEvent.Open(peer, opening), out);
    }

    /** Whether this is the replica that was to be opened: it runs now. */
    boolean onOpened(PeerId peer, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaIdentity known = identity;
        if (phase != Phase.OPENING || known == null || !known.peer().equals(peer)) {
            return false;
        }
        phase = Phase.RUNNING;
        restarts.onRunning(nowNanos);
        if (known.stage() != ReplicaIdentity.Stage.OPEN) {
            remember(known.at(ReplicaIdentity.Stage.OPEN), out);
        }
        return true;
    }

    void onOpenFailed(OpenFailed failed, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaIdentity known = identity;
        if (phase != Phase.OPENING || known == null || !(asked instanceof GroupEvent.Open tried)) {
            return;
        }
        String what = "replica " + failed.peer() + " cannot be opened: " + failed.reason();
        boolean founding = known.stage() == ReplicaIdentity.Stage.FOUNDING;
        if (known.stage() == ReplicaIdentity.Stage.RESTORING) {
            refuse(failed.reason(), out);
        } else if (failed.needsUpgrade()) {
            restarts.onFailure(nowNanos);
            refuse(failed.reason(), out);
        } else if (failed.storage() == OpenFailed.Storage.UNKNOWN) {
            openLater(tried, what, nowNanos, out);
        } else if (failed.storage() == OpenFailed.Storage.USABLE) {
            openLater(new GroupEvent.Open(known.peer(), new Opening.Reopen()), what, nowNanos, out);
        } else if (failed.storage() == OpenFailed.Storage.NONE && founding) {
            openLater(new GroupEvent.Open(known.peer(), new Opening.Found(known.founding())), what, nowNanos, out);
        } else {
            retire(what, out);
        }
    }

    void onStopped(ReplicaStatus seen, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (seen.needsUpgrade()) {
            restarts.onFailure(nowNanos);
            refuse(seen.failure().orElse(""), out);
        } else {
            String reason = seen.failure().orElse("the engine closed it");
            openLater(
                    new GroupEvent.Open(seen.self(), new Opening.Reopen()),
                    "replica " + seen.self() + " stopped: " + reason,
                    nowNanos,
                    out);
        }
    }

    private void openLater(
            GroupEvent.Open next, String what, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        phase = Phase.WAITING;
        asked = next;
        later(what + "; it is opened again", nowNanos, out);
    }

    private void later(String what, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        long pause = restarts.onFailure(nowNanos);
        decide(what + " in " + pause / 1_000_000 + " ms", out);
        out.wakeAt(nowNanos + pause, new GroupTimer.Again());
    }

    /** The pause is over. */
    void again(Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (phase == Phase.WAITING) {
            phase = Phase.OPENING;
        }
        if (asked != null && (phase == Phase.OPENING || phase == Phase.SETTING_ASIDE)) {
            out.publish(asked);
        }
    }

    private void refuse(String reason, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        phase = Phase.REFUSED;
        out.publish(new GroupEvent.Refused(reason));
    }

    // ---- the end ---------------------------------------------------------------------------------------------

    /** Never again as this peer: that is on disk before the storage is touched. */
    void retire(String why, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaIdentity known = identity;
        if (known != null) {
            remember(known.at(ReplicaIdentity.Stage.RETIRED), out);
        }
        setAside(why, out);
    }

    private void setAside(String why, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        phase = Phase.SETTING_ASIDE;
        decide("sets its storage aside: " + why, out);
        ask(new GroupEvent.SetAside(why), out);
    }

    void onSetAside() {
        if (phase == Phase.SETTING_ASIDE) {
            phase = Phase.NONE;
            restarts.forget();
        }
    }

    void onNotSetAside(String reason, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (phase == Phase.SETTING_ASIDE) {
            later("the storage cannot be set aside: " + reason + "; it is tried again", nowNanos, out);
        }
    }

    // ---- what is asked for -----------------------------------------------------------------------------------

    private void ask(GroupEvent event, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        asked = event;
        out.publish(event);
    }

    void onNotWritten() {
        unwritten = true;
    }

    /** What was decided while the identity could not be written (a full disk) was not done. */
    void writeAgain(Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        ReplicaIdentity known = identity;
        if (unwritten && known != null) {
            unwritten = false;
            remember(known, out);
            if (asked != null && (phase == Phase.OPENING || phase == Phase.SETTING_ASIDE)) {
                out.publish(asked);
            }
        }
    }

    private void remember(ReplicaIdentity value, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        identity = value;
        out.persist(ReplicaIdentity.cell(group), value.encode());
    }

    private static void decide(String text, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        out.publish(new GroupEvent.Decided(text));
    }
}
