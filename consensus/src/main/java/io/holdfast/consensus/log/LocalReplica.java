package io.holdfast.consensus.log;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Leadership.Term;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** This node's replica as the log sees it, from its attachment to its detachment. */
final class LocalReplica implements AutoCloseable {
    /** The engine tells nobody when it passes entries of its own; they come after elections and changes of voters only. */
    private static final Duration OWN_ENTRIES = Duration.ofMillis(2);

    private final GroupContext context;
    private final RaftReplica raft;
    private final BatchApplier applier;
    private final LeaderBatcher batcher;
    private final Rounds<Long> safe;
    private final AppliedWaiters entries;
    private final AppliedWaiters revisions;
    private final Registration changes;
    private final AtomicBoolean ticking = new AtomicBoolean();
    private final AtomicBoolean polling = new AtomicBoolean();
    private final AtomicReference<@Nullable Long> confirmedNanos = new AtomicReference<>();
    private volatile boolean closed;

    LocalReplica(GroupContext context, RaftReplica raft, BatchApplier applier) {
        this.context = context;
        this.raft = raft;
        this.applier = applier;
        this.batcher = new LeaderBatcher(context, raft, applier);
        this.safe = new Rounds<>(new SafeIndex(context, new TermProbe(context, raft), batcher)::next);
        this.entries = new AppliedWaiters(this::appliedEntry, context.deadlines());
        this.revisions = new AppliedWaiters(applier::index, context.deadlines());
        applier.onApplied(this::moved);
        this.changes = raft.onChange(this::changed);
    }

    BatchApplier applier() {
        return applier;
    }

    LeaderBatcher batcher() {
        return batcher;
    }

    /** A safe index, if this replica leads. */
    CompletionStage<Long> safeIndex() {
        return safe.join();
    }

    ReplicaStatus status() {
        return raft.status();
    }

    boolean leads() {
        return raft.status().role() == RaftRole.LEADER;
    }

    /** Whether it still follows the group. */
    boolean serves() {
        ReplicaStatus status = raft.status();
        return !closed && status.role() != RaftRole.STOPPED && status.failure().isEmpty();
    }

    private long appliedEntry() {
        return Math.max(applier.entryIndex(), raft.status().applied());
    }

    private void moved() {
        entries.moved();
        revisions.moved();
    }

    /** On a thread of the engine. */
    void changed() {
        ReplicaStatus status = raft.status();
        Optional<NodeId> leader = status.role() == RaftRole.LEADER
                ? Optional.of(context.self())
                : status.leader().map(peer -> peer.node());
        if (!closed) {
            context.replicas()
                    .learn(status.voters().current().stream().map(PeerId::node).toList());
            context.leader().learn(new Term(leader, new Epoch(Math.max(0, status.term()))));
        }
        moved();
        batcher.pump();
        if (status.role() == RaftRole.LEADER && ticking.compareAndSet(false, true)) {
            tick();
        }
    }

    /** Whoever comes to lead while the ticking ends finds it going on still, so who ends it looks once more. */
    private void tick() {
        if (closed || !leads()) {
            ticking.set(false);
            if (closed || !leads() || !ticking.compareAndSet(false, true)) {
                return;
            }
        }
        batcher.tick();
        context.environment().scheduler().schedule(context.config().tickInterval(), this::tick);
    }

    CompletionStage<Long> awaitEntry(long index, Deadline deadline) {
        CompletionStage<Long> reached = entries.await(index, deadline);
        if (!entries.isEmpty() && polling.compareAndSet(false, true)) {
            poll();
        }
        return reached;
    }

    private void poll() {
        entries.moved();
        if (entries.isEmpty()) {
            polling.set(false);
            if (entries.isEmpty() || !polling.compareAndSet(false, true)) {
                return;
            }
        }
        context.environment().scheduler().schedule(OWN_ENTRIES, this::poll);
    }

    CompletionStage<Long> awaitRevision(long revision, Deadline deadline) {
        return revisions.await(revision, deadline);
    }

    /** A barrier that began then was passed: all that was acknowledged before it is applied here. */
    void confirmed(long beganNanos) {
        confirmedNanos.accumulateAndGet(
                beganNanos, (before, now) -> before == null || now == null || now - before > 0 ? now : before);
    }

    /** Whether a barrier was passed since the replica started; before that it may know less than it did when it went down. */
    boolean hasCaughtUp() {
        return confirmedNanos.get() != null;
    }

    /** Whether all that was acknowledged so long ago is applied here. */
    boolean isFresh(Duration staleness) {
        Long confirmed = confirmedNanos.get();
        return confirmed != null && Duration.ofNanos(context.now() - confirmed).compareTo(staleness) <= 0;
    }

    @Override
    public void close() {
        closed = true;
        changes.close();
        applier.onApplied(() -> {});
        batcher.close();
        entries.fail("it was taken away");
        revisions.fail("it was taken away");
        Term term = context.leader().current();
        if (term.leader().filter(context.self()::equals).isPresent()) {
            context.leader().forget(term);
        }
    }
}
