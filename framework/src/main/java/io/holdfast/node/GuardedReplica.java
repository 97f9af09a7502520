package io.holdfast.node;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.storage.DiskGuard;
import io.holdfast.core.GroupId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A replica that appends nothing while its disk is nearly full. If it leads then, it hands the lead over when it refuses an entry, since the disks of others may have space: to one voter after the
 * other, and seldom, for all disks may be full. Safe for use by many threads.
 */
final class GuardedReplica implements RaftReplica {
    private static final Logger log = LoggerFactory.getLogger(GuardedReplica.class);
    /** Between two hand-overs, and how long one may take. */
    private static final Duration PAUSE = Duration.ofSeconds(3);

    private final RaftReplica replica;
    private final DiskGuard disk;
    private final MonotonicClock clock;
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicLong nextNanos;

    GuardedReplica(RaftReplica replica, DiskGuard disk, MonotonicClock clock) {
        this.replica = replica;
        this.disk = disk;
        this.clock = clock;
        this.nextNanos = new AtomicLong(clock.nanoTime());
    }

    @Override
    public CompletionStage<byte[]> append(byte[] entry) {
        try {
            disk.requireSpace();
        } catch (UnavailableException e) {
            handOver();
            return CompletableFuture.failedFuture(new NotAppliedException(String.valueOf(e.getMessage()), e));
        }
        return replica.append(entry);
    }

    private void handOver() {
        ReplicaStatus status = replica.status();
        List<PeerId> others = status.voters().current().stream()
                .filter(voter -> !voter.equals(status.self()))
                .toList();
        if (status.role() != RaftRole.LEADER || others.isEmpty() || !isDue()) {
            return;
        }
        PeerId to = others.get(Math.floorMod(turn.getAndIncrement(), others.size()));
        log.warn("group {}: the disk is full, so {} hands the lead over to {}", group(), status.self(), to);
        replica.transferLeadership(Optional.of(to), PAUSE).whenComplete((done, failure) -> {
            if (failure != null) {
                log.warn("group {}: {} did not take the lead; another one is asked next", group(), to, failure);
            }
        });
    }

    private boolean isDue() {
        long now = clock.nanoTime();
        long next = nextNanos.get();
        return now - next >= 0 && nextNanos.compareAndSet(next, now + PAUSE.toNanos());
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
    public void close() {
        replica.close();
    }
}
