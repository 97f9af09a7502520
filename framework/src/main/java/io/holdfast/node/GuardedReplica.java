package io.holdfast.node;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.storage.DiskGuard;
import io.holdfast.core.GroupId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A replica that appends nothing while its disk is nearly full. */
final class GuardedReplica implements RaftReplica {
    private final RaftReplica replica;
    private final DiskGuard disk;

    GuardedReplica(RaftReplica replica, DiskGuard disk) {
        this.replica = replica;
        this.disk = disk;
    }

    @Override
    public CompletionStage<byte[]> append(byte[] entry) {
        try {
            disk.requireSpace();
        } catch (UnavailableException e) {
            return CompletableFuture.failedFuture(new NotAppliedException(String.valueOf(e.getMessage()), e));
        }
        return replica.append(entry);
    }

    @Override
    public GroupId group() {
        return replica.group();
    }

    @Override
    public ReplicaStatus status() {
        return replica.status();
    }

    @Override
    public Registration onChange(Runnable listener) {
        return replica.onChange(listener);
    }

    @Override
    public CompletionStage<Void> transferLeadership(Optional<PeerId> to, Duration limit) {
        return replica.transferLeadership(to, limit);
    }

    @Override
    public CompletionStage<Void> changeVoters(List<PeerId> expected, List<PeerId> wanted, Duration limit) {
        return replica.changeVoters(expected, wanted, limit);
    }

    @Override
    public void campaign() {
        replica.campaign();
    }

    @Override
    public CompletionStage<Long> snapshot() {
        return replica.snapshot();
    }

    @Override
    public void close() {
        replica.close();
    }
}
