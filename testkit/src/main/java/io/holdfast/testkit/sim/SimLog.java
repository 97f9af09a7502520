package io.holdfast.testkit.sim;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One life of a replica of a {@link SimLogGroup}. */
final class SimLog implements ReplicatedLog {
    private static final int MAX_PROPOSALS = 10_000;

    /** A proposal on its way; once it was sent nobody can say that it will not be committed. */
    static final class Proposal {
        final byte[] entry;
        final CompletableFuture<byte[]> result = new CompletableFuture<>();
        boolean sent;

        Proposal(byte[] entry) {
            this.entry = entry;
        }

        void abandon(String why) {
            HoldfastException reason = sent
                    ? new UnknownOutcomeException(
                            why + "; the entry may still be committed, retry only if it is idempotent")
                    : new NotAppliedException(why + "; the entry was not sent");
            result.completeExceptionally(reason);
        }
    }

    /** Waits until so many entries are applied. */
    private record Barrier(long entries, CompletableFuture<Long> reached) {}

    /** Waits until so many commands are applied. */
    private record Revision(long index, CompletableFuture<Long> reached) {}

    private final SimLogGroup group;
    private final NodeId node;
    private final Applier applier;
    private final SimLeadership leadership;
    private final Set<Proposal> proposals = new LinkedHashSet<>();
    private final Map<Long, Proposal> committed = new TreeMap<>();
    private final Set<CompletableFuture<Long>> reads = new LinkedHashSet<>();
    private final List<Barrier> barriers = new ArrayList<>();
    private final List<Revision> revisions = new ArrayList<>();
    private int position;
    private long applied;
    private boolean closed;

    SimLog(SimLogGroup group, NodeId node, Applier applier) {
        this.group = group;
        this.node = node;
        this.applier = applier;
        this.leadership = new SimLeadership(node);
    }

    NodeId node() {
        return node;
    }

    boolean isClosed() {
        return closed;
    }

    void restoreFrom(SimLog donor) {
        ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
        try (Capture capture = donor.applier.capture()) {
            capture.writeTo(snapshot);
            applier.restore(donor.applied, new ByteArrayInputStream(snapshot.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException("node " + node + " could not start from a snapshot of " + donor.node, e);
        }
        position = donor.position;
        applied = donor.applied;
    }

    @Override
    public GroupId group() {
        return group.id();
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    SimLeadership knowledge() {
        return leadership;
    }

    @Override
    public CompletionStage<byte[]> propose(byte[] entry, Deadline deadline) {
        Proposal proposal = new Proposal(entry.clone());
        if (closed) {
            proposal.abandon("the replica of " + node + " is closed");
        } else if (proposals.size() >= MAX_PROPOSALS) {
            proposal.result.completeExceptionally(new OverloadedException(
                    "node " + node + " has " + MAX_PROPOSALS + " proposals under way, its limit; slow the caller down",
                    Duration.ofMillis(100)));
        } else {
            proposals.add(proposal);
            proposal.result.whenComplete((value, error) -> proposals.remove(proposal));
            group.at(deadline, () -> proposal.abandon("group " + group.id() + " did not commit before the deadline"));
            group.send(this, proposal);
        }
        return proposal.result;
    }

    @Override
    public CompletionStage<Long> readBarrier(Deadline deadline) {
        CompletableFuture<Long> reached = new CompletableFuture<>();
        if (closed) {
            reached.completeExceptionally(new UnavailableException("the replica of " + node + " is closed"));
        } else {
            reads.add(reached);
            reached.whenComplete((value, error) -> reads.remove(reached));
            group.at(
                    deadline,
                    () -> reached.completeExceptionally(new UnavailableException(
                            "no majority of group " + group.id() + " answered before the deadline; try again")));
            group.confirm(this, reached);
        }
        return reached;
    }

    @Override
    public CompletionStage<byte[]> query(byte[] query, ReadConsistency consistency, Deadline deadline) {
        return reached(consistency, deadline).thenApply(index -> applier.query(index, query));
    }

    private CompletionStage<Long> reached(ReadConsistency consistency, Deadline deadline) {
        if (consistency instanceof ReadConsistency.AtLeast least) {
            CompletableFuture<Long> reached = new CompletableFuture<>();
            if (closed) {
                reached.completeExceptionally(new UnavailableException("the replica of " + node + " is closed"));
                return reached;
            }
            Revision awaited = new Revision(least.revision(), reached);
            revisions.add(awaited);
            reached.whenComplete((value, error) -> revisions.remove(awaited));
            group.at(
                    deadline,
                    () -> reached.completeExceptionally(new UnavailableException("node " + node + " has applied "
                            + applied + ", not yet " + least.revision() + "; try again")));
            completeBarriers();
            return reached;
        }
        boolean fresh = consistency instanceof ReadConsistency.Local
                || consistency instanceof ReadConsistency.Bounded && group.isFresh(this);
        return fresh && !closed ? CompletableFuture.completedFuture(applied) : readBarrier(deadline);
    }

    @Override
    public long applied() {
        return applied;
    }

    /** The proposal stands at this place; its result comes when this replica gets there. */
    void committedAt(long index, Proposal proposal) {
        committed.put(index, proposal);
    }

    void await(long entries, CompletableFuture<Long> reached) {
        barriers.add(new Barrier(entries, reached));
        completeBarriers();
    }

    void apply(List<SimLogGroup.Entry> entries) {
        while (position < entries.size()) {
            SimLogGroup.Entry entry = entries.get(position++);
            byte[] command = entry.command();
            if (command == null) {
                applier.tick(applied, entry.logNanos());
                continue;
            }
            byte[] result = applier.apply(++applied, entry.logNanos(), command.clone());
            Proposal proposal = committed.remove((long) position);
            if (proposal != null) {
                proposal.result.complete(result);
            }
        }
        group.watchDeadlines();
        completeBarriers();
    }

    long nextDeadline() {
        return applier.nextDeadline();
    }

    boolean hasApplied(int entries) {
        return position >= entries;
    }

    private void completeBarriers() {
        List<Barrier> passed = barriers.stream()
                .filter(barrier -> barrier.entries() <= position)
                .toList();
        barriers.removeAll(passed);
        passed.forEach(barrier -> barrier.reached().complete(applied));
        List<Revision> seen = revisions.stream()
                .filter(revision -> revision.index() <= applied)
                .toList();
        revisions.removeAll(seen);
        seen.forEach(revision -> revision.reached().complete(applied));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            List.copyOf(proposals).forEach(proposal -> proposal.abandon("the replica of " + node + " was closed"));
            List.copyOf(reads)
                    .forEach(read -> read.completeExceptionally(
                            new UnavailableException("the replica of " + node + " was closed")));
            barriers.clear();
            List.copyOf(revisions)
                    .forEach(revision -> revision.reached()
                            .completeExceptionally(new UnavailableException("the replica of " + node + " was closed")));
            group.changed();
        }
    }
}
