package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.raft.Voters;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/** What Ratis' replica is at the moment, in this module's words. Asked for with each entry, so what seldom changes is translated once. Any thread. */
final class ReplicaView {
    private record Conf(RaftConfiguration of, Voters voters) {}

    private record Named(RaftPeerId of, PeerId peer) {}

    private final Wiring wiring;
    private final ReplicaMachine machine;
    private volatile long lastContactNanos = Long.MIN_VALUE;
    private volatile @Nullable Conf conf;
    private volatile @Nullable Named named;

    ReplicaView(Wiring wiring, ReplicaMachine machine) {
        this.wiring = wiring;
        this.machine = machine;
    }

    void heardFromLeader() {
        lastContactNanos = wiring.nowNanos();
    }

    /** A term never comes back, so what was read between two equal terms belongs to it. */
    ReplicaStatus status(RaftServer.Division division, Optional<String> failure, boolean closed) {
        while (true) {
            long term = division.getInfo().getCurrentTerm();
            ReplicaStatus status = status(division, term, failure, closed);
            if (division.getInfo().getCurrentTerm() == term) {
                return status;
            }
        }
    }

    private ReplicaStatus status(RaftServer.Division division, long term, Optional<String> failure, boolean closed) {
        DivisionInfo info = division.getInfo();
        RaftRole role = failure.isPresent() || closed ? RaftRole.STOPPED : role(info);
        boolean leads = role == RaftRole.LEADER;
        boolean ready = leads && info.isLeaderReady();
        RaftPeerId leader = info.getLeaderId();
        long committed = division.getRaftLog().getLastCommittedIndex();
        return new ReplicaStatus(
                wiring.self(),
                role,
                ready,
                term,
                role == RaftRole.STOPPED
                        ? Optional.empty()
                        : Optional.ofNullable(leader).map(this::named),
                committed,
                Math.max(0, machine.getLastAppliedTermIndex().getIndex()),
                voters(division.getRaftConf()),
                leads ? wiring.nowNanos() : lastContactNanos,
                failure);
    }

    private static RaftRole role(DivisionInfo info) {
        LifeCycle.State state = info.getLifeCycleState();
        if (state.isClosingOrClosed() || state == LifeCycle.State.EXCEPTION) {
            return RaftRole.STOPPED;
        }
        if (state == LifeCycle.State.NEW || state == LifeCycle.State.STARTING) {
            return RaftRole.STARTING;
        }
        RaftPeerRole role = info.getCurrentRole();
        return switch (role) {
            case LEADER -> RaftRole.LEADER;
            case CANDIDATE -> RaftRole.CANDIDATE;
            default -> RaftRole.FOLLOWER;
        };
    }

    private PeerId named(RaftPeerId id) {
        Named last = named;
        if (last == null || !last.of().equals(id)) {
            last = new Named(id, PeerId.parse(id.toString()));
            named = last;
        }
        return last.peer();
    }

    private Voters voters(RaftConfiguration configuration) {
        Conf last = conf;
        if (last == null || last.of() != configuration) {
            last = new Conf(
                    configuration,
                    new Voters(
                            configuration.getCurrentPeers().stream()
                                    .map(ReplicaView::peer)
                                    .toList(),
                            configuration.getPreviousPeers().stream()
                                    .map(ReplicaView::peer)
                                    .toList(),
                            configuration.getLogEntryIndex()));
            conf = last;
        }
        return last.voters();
    }

    private static PeerId peer(RaftPeer peer) {
        return PeerId.parse(peer.getId().toString());
    }
}
