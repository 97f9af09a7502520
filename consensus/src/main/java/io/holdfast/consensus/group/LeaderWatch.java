package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the leader is gone before the election timeout does: the engine looks at its timeout only whenever one has passed, so that a silent leader lasts for two. A closed connection or silence
 * alone proves nothing: the leader must also leave a probe unanswered, or say itself that it leads no more, and a majority of the voters must have seen the same of late. Then the first of them campaigns at once and each
 * further one a little later, so that they do not split the votes; after them also one who still hears the leader, for it may be the only one whom all of them reach.
 */
final class LeaderWatch {
    private static final long STEP_NANOS = 10_000_000;
    private static final int JITTER_NANOS = 5_000_000;

    private final PeerId self;
    private final GroupConfig config;
    private final Neighbours neighbours;
    private final RandomGenerator random;
    private final Map<PeerId, Long> lostAtNanos = new HashMap<>();
    private long term = -1;
    private @Nullable PeerId leader;
    private boolean leading;
    private boolean probing;
    private boolean campaigning;

    LeaderWatch(PeerId self, GroupConfig config, Neighbours neighbours, RandomGenerator random) {
        this.self = self;
        this.config = config;
        this.neighbours = neighbours;
        this.random = random;
    }

    /** The replica changed: what was seen of an earlier leader has lost its meaning. A leader that stepped down in its own term says so, for nobody leads then. */
    void onStatus(ReplicaStatus status, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        PeerId now = status.leader().orElse(null);
        boolean led = leading && status.term() == term;
        leading = status.role() == RaftRole.LEADER;
        if (led && !leading) {
            tellOthers(status, self, out);
        }
        if (status.term() != term || (now != null && !Objects.equals(now, leader))) {
            lostAtNanos.clear();
            probing = false;
            campaigning = false;
            term = status.term();
            leader = now;
        }
    }

    /** What was seen longer ago counts no more: two who lost the leader at different times have seen different things. */
    private Set<PeerId> lostBy(long nowNanos) {
        long patience = 2 * config.silenceLimit().plus(config.probeLimit()).toNanos();
        lostAtNanos.values().removeIf(at -> nowNanos - at > patience);
        return lostAtNanos.keySet();
    }

    private boolean isFollower(@Nullable ReplicaStatus status) {
        return status != null
                && status.role() == RaftRole.FOLLOWER
                && leader != null
                && !leader.equals(self)
                && status.voters().current().contains(self);
    }

    void onClosed(
            NodeId node,
            @Nullable ReplicaStatus status,
            long nowNanos,
            Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        PeerId lost = leader;
        boolean known = probing || lostBy(nowNanos).contains(self);
        if (isFollower(status) && lost != null && lost.node().equals(node) && !known) {
            probing = true;
            send(node, new GroupMessage.Where(), out);
            out.wakeAt(nowNanos + config.probeLimit().toNanos(), new GroupTimer.ProbeOver(term));
        }
    }

    /** Its connection stands, but nothing comes: it may have been stopped, as by SIGSTOP or a collector. */
    void onSilence(@Nullable ReplicaStatus status, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        PeerId silent = leader;
        if (silent != null) {
            onClosed(silent.node(), status, nowNanos, out);
        }
    }

    /** The leader answered: it lives. */
    void onAnswer(NodeId node) {
        if (leader != null && leader.node().equals(node)) {
            probing = false;
            lostAtNanos.remove(self);
        }
    }

    void onUnreachable(
            NodeId node,
            @Nullable ReplicaStatus status,
            long nowNanos,
            Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (probing && leader != null && leader.node().equals(node)) {
            onProbeOver(term, status, nowNanos, out);
        }
    }

    void onProbeOver(
            long inTerm,
            @Nullable ReplicaStatus status,
            long nowNanos,
            Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (!probing || inTerm != term) {
            return;
        }
        probing = false;
        if (status != null) {
            lose(status, nowNanos, out);
        }
    }

    private void lose(ReplicaStatus status, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        PeerId lost = leader;
        if (isFollower(status) && lost != null) {
            lostAtNanos.put(self, nowNanos);
            tellOthers(status, lost, out);
            decide(status, nowNanos, out);
        }
    }

    private void tellOthers(ReplicaStatus status, PeerId lost, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        for (PeerId voter : status.voters().current()) {
            if (!voter.equals(self) && !voter.equals(lost)) {
                send(voter.node(), new GroupMessage.LeaderLost(term, lost), out);
            }
        }
    }

    void onLost(
            NodeId sender,
            GroupMessage.LeaderLost lost,
            @Nullable ReplicaStatus status,
            long nowNanos,
            Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (status == null || lost.term() != term || !lost.leader().equals(leader)) {
            return;
        }
        status.voters().current().stream()
                .filter(voter -> voter.node().equals(sender))
                .forEach(voter -> lostAtNanos.put(voter, nowNanos));
        if (lost.leader().node().equals(sender) && !lostBy(nowNanos).contains(self)) {
            lose(status, nowNanos, out);
        } else {
            decide(status, nowNanos, out);
        }
    }

    private void decide(ReplicaStatus status, long nowNanos, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        Set<PeerId> lostBy = lostBy(nowNanos);
        if (campaigning || !isFollower(status) || !status.voters().isQuorum(lostBy::contains)) {
            return;
        }
        campaigning = true;
        long rank = lostBy.stream().filter(peer -> peer.compareTo(self) < 0).count();
        long after = lostBy.contains(self) ? 0 : config.probeLimit().toNanos();
        long due = nowNanos + after + rank * STEP_NANOS + random.nextInt(JITTER_NANOS);
        out.wakeAt(due, new GroupTimer.CampaignDue(term));
    }

    void onCampaignDue(
            long inTerm,
            @Nullable ReplicaStatus status,
            long nowNanos,
            Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        if (!campaigning || inTerm != term) {
            return;
        }
        campaigning = false;
        Set<PeerId> lostBy = lostBy(nowNanos);
        if (status != null && isFollower(status) && status.voters().isQuorum(lostBy::contains)) {
            out.publish(new GroupEvent.Decided("campaigns: " + lostBy + " lost leader " + leader + " of term " + term));
            out.publish(new GroupEvent.Campaign());
        }
    }

    private void send(NodeId to, GroupMessage message, Outbox<GroupMessage, GroupTimer, GroupEvent> out) {
        var member = neighbours.member(to);
        if (member != null) {
            out.send(member.address(), message);
        }
    }
}
