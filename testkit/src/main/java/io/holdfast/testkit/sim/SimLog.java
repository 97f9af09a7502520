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
import io.holdfast.core.cluster.ReplicatedLog;
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

    private record Barrier(long index, CompletableFuture<Long> reached) {}

    private final SimLogGroup group;
    private final NodeId node;
    private final Applier applier;
    private final SimLeadership leadership;
    private final Set<Proposal> proposals = new LinkedHashSet<>();
    private final Map<Long, Proposal> committed = new TreeMap<>();
    private final Set<CompletableFuture<Long>> reads = new LinkedHashSet<>();
    private final List<Barrier> barriers = new ArrayList<>();
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
        applier.restore(donor.applied, donor.applier.snapshot());
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
    public long applied() {
        return applied;
    }

    /** The proposal stands at this place; its result comes when this replica gets there. */
    void committedAt(long index, Proposal proposal) {
        committed.put(index, proposal);
    }

    void await(long index, CompletableFuture<Long> reached) {
        barriers.add(new Barrier(index, reached));
        completeBarriers();
    }

    void apply(List<byte[]> entries) {
        while (applied < entries.size()) {
            byte[] result =
                    applier.apply(applied + 1, entries.get((int) applied).clone());
            applied++;
            Proposal proposal = committed.remove(applied);
            if (proposal != null) {
                proposal.result.complete(result);
            }
        }
        completeBarriers();
    }

    private void completeBarriers() {
        List<Barrier> passed =
                barriers.stream().filter(barrier -> barrier.index() <= applied).toList();
        barriers.removeAll(passed);
        passed.forEach(barrier -> barrier.reached().complete(applied));
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
            group.changed();
        }
    }
}
