package io.holdfast.node;

import io.holdfast.consensus.group.GroupNode;
import io.holdfast.consensus.log.GroupLog;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.telemetry.HealthCheck;
import java.util.Optional;

/**
 * Whether this node can use the group. It is ready once it has known a leader and its replica, if it has one, has caught up; an election later on does not make it unready, for no other node would be
 * any better off.
 */
final class ReplicaHealth implements HealthCheck {
    /** So many entries behind what is committed, a replica is still catching up. */
    private static final long NEARLY = 10_000;

    private final GroupNode group;
    private final GroupLog log;
    private volatile boolean began;

    ReplicaHealth(GroupNode group, GroupLog log) {
        this.group = group;
        this.log = log;
    }

    @Override
    public Result check() {
        Optional<String> refusal = group.refusal();
        if (refusal.isPresent()) {
            return new Result(false, refusal.get());
        }
        Optional<ReplicaStatus> status = group.replica().map(replica -> replica.status());
        if (status.isPresent()) {
            ReplicaStatus replica = status.get();
            long behind = replica.committed() - replica.applied();
            if (replica.failure().isPresent() || replica.role() == RaftRole.STOPPED) {
                return new Result(
                        false,
                        "replica " + replica.self() + " stopped: "
                                + replica.failure().orElse("it was closed"));
            } else if (behind > NEARLY) {
                return new Result(false, "replica " + replica.self() + " is " + behind + " entries behind");
            }
        }
        began = began || knowsLeader();
        return began
                ? new Result(true, status.isPresent() ? "keeps a replica" : "uses the group without a replica")
                : new Result(false, "no leader of group " + log.group() + " is known yet");
    }

    private boolean knowsLeader() {
        return group.leader().isPresent() || log.leadership().current().leader().isPresent();
    }
}
