package io.holdfast.consensus.log;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.core.GroupId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Registration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One life of a replica of a {@link ModelGroup} (Ongaro and Ousterhout, "In search of an understandable consensus algorithm", 2014). */
final class ModelRaft implements RaftReplica {
    private static final Duration HEARTBEAT = Duration.ofMillis(40);
    private static final long ELECTION_NANOS = 150_000_000;

    private final ModelGroup group;
    private final PeerId self;
    private final ModelGroup.Disk disk;
    private final BatchApplier applier;
    private final List<Runnable> listeners = new ArrayList<>();
    private final Set<PeerId> votes = new HashSet<>();
    private final Map<PeerId, Long> matched = new HashMap<>();
    private final Map<PeerId, Long> heard = new HashMap<>();
    private final TreeMap<Long, CompletableFuture<byte[]>> pending = new TreeMap<>();
    private RaftRole role = RaftRole.FOLLOWER;
    private @Nullable PeerId leader;
    private long committed;
    private long applied;
    private long contactNanos = Long.MIN_VALUE;
    private long patienceNanos;
    private boolean closed;
    /** How many entries this replica was given to append. */
    int appends;

    ModelRaft(ModelGroup group, PeerId self, ModelGroup.Disk disk, BatchApplier applier) {
        this.group = group;
        this.self = self;
        this.disk = disk;
        this.applier = applier;
        if (disk.snapshot != null) {
            try {
                applier.restore(disk.snapshotIndex, new ByteArrayInputStream(disk.snapshot));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            committed = disk.snapshotIndex;
            applied = disk.snapshotIndex;
        }
        waitForLeader();
    }

    boolean isClosed() {
        return closed;
    }

    private long now() {
        return group.environment.clock().nanoTime();
    }

    private void waitForLeader() {
        patienceNanos = now() + ELECTION_NANOS + group.random.nextLong(ELECTION_NANOS);
        long until = patienceNanos;
        after(Duration.ofNanos(until - now()), () -> {
            if (until == patienceNanos && role != RaftRole.LEADER) {
                elect();
            }
        });
    }

    private void after(Duration delay, Runnable task) {
        group.environment.scheduler().schedule(delay, () -> {
            if (!closed) {
                task.run();
            }
        });
    }

    private void elect() {
        disk.term++;
        disk.votedFor = self;
        role = RaftRole.CANDIDATE;
        leader = null;
        votes.clear();
        votes.add(self);
        changed();
        waitForLeader();
        long term = disk.term;
        long last = disk.log.size();
        long lastTerm = termAt(last);
        others(peer -> group.send(self, peer, it -> it.askedForVote(self, term, last, lastTerm)));
        countVotes();
    }

    private void others(java.util.function.Consumer<PeerId> action) {
        group.voters.stream().filter(peer -> !peer.equals(self)).forEach(action);
    }

    private long termAt(long index) {
        return index == 0 ? 0 : disk.log.get((int) index - 1).term();
    }

    private void askedForVote(PeerId candidate, long term, long last, long lastTerm) {
        sawTerm(term);
        long own = disk.log.size();
        boolean upToDate = lastTerm > termAt(own) || (lastTerm == termAt(own) && last >= own);
        boolean free = disk.votedFor == null || disk.votedFor.equals(candidate);
        if (term == disk.term && upToDate && free) {
            disk.votedFor = candidate;
            waitForLeader();
            group.send(self, candidate, it -> it.gotVote(self, term));
        }
    }

    private void gotVote(PeerId voter, long term) {
        if (role == RaftRole.CANDIDATE && term == disk.term) {
            votes.add(voter);
            countVotes();
        }
    }

    private void countVotes() {
        if (role == RaftRole.CANDIDATE && votes.size() > group.voters.size() / 2) {
            role = RaftRole.LEADER;
            leader = self;
            group.ledBy(disk.term, self);
            matched.clear();
            heard.clear();
            others(peer -> heard.put(peer, now()));
            disk.log.add(new ModelGroup.Item(disk.term, null));
            changed();
            beat(disk.term);
        }
    }

    private void beat(long term) {
        if (role != RaftRole.LEADER || disk.term != term) {
            return;
        }
        long alive = heard.values().stream()
                .filter(at -> now() - at < 4 * ELECTION_NANOS)
                .count();
        if (group.guarded && alive + 1 <= group.voters.size() / 2) {
            follow(null);
            return;
        }
        replicate();
        after(HEARTBEAT, () -> beat(term));
    }

    private void replicate() {
        advance();
        long term = disk.term;
        long commit = committed;
        others(peer -> {
            long from = matched.getOrDefault(peer, -1L);
            List<ModelGroup.Item> log = List.copyOf(disk.log);
            group.send(self, peer, it -> it.gotEntries(self, term, log, commit, from));
        });
    }

    /** The whole log travels each time: a model may be wasteful. */
    private void gotEntries(PeerId from, long term, List<ModelGroup.Item> log, long commit, long known) {
        sawTerm(term);
        if (term < disk.term) {
            long newer = disk.term;
            group.send(self, from, it -> it.sawTerm(newer));
            return;
        }
        contactNanos = now();
        if (!from.equals(leader)) {
            role = RaftRole.FOLLOWER;
            leader = from;
            changed();
        }
        waitForLeader();
        if (log.size() >= known && (log.size() > disk.log.size() || termOf(log) != termAt(disk.log.size()))) {
            disk.log.clear();
            disk.log.addAll(log);
        }
        long matching = Math.min(log.size(), disk.log.size());
        commitTo(Math.min(commit, matching));
        group.send(self, from, it -> it.stored(self, term, matching));
    }

    private static long termOf(List<ModelGroup.Item> log) {
        return log.isEmpty() ? 0 : log.get(log.size() - 1).term();
    }

    private void stored(PeerId peer, long term, long index) {
        if (role == RaftRole.LEADER && term == disk.term) {
            heard.put(peer, now());
            matched.merge(peer, index, Math::max);
            advance();
        }
    }

    private void advance() {
        List<Long> indexes = new ArrayList<>();
        indexes.add((long) disk.log.size());
        others(peer -> indexes.add(matched.getOrDefault(peer, 0L)));
        indexes.sort(null);
        long index = indexes.get((indexes.size() - 1) / 2);
        if (index > committed && termAt(index) == disk.term) {
            commitTo(index);
            replicate();
        }
    }

    private void commitTo(long index) {
        if (index > committed) {
            committed = index;
            after(Duration.ofNanos(group.random.nextLong(500_000)), this::apply);
        }
    }

    private void apply() {
        while (applied < committed) {
            ModelGroup.Item item = disk.log.get((int) applied);
            byte[] result = item.bytes() == null ? null : applier.apply(applied + 1, item.bytes());
            applied++;
            CompletableFuture<byte[]> waiting = pending.remove(applied);
            if (waiting != null && result != null) {
                waiting.complete(result);
            }
        }
    }

    private void sawTerm(long term) {
        if (term > disk.term) {
            disk.term = term;
            disk.votedFor = null;
            follow(null);
        }
    }

    private void follow(@Nullable PeerId next) {
        role = RaftRole.FOLLOWER;
        leader = next;
        changed();
        waitForLeader();
        failPending("it leads no more");
    }

    private void failPending(String why) {
        List<CompletableFuture<byte[]>> lost = List.copyOf(pending.values());
        pending.clear();
        lost.forEach(future -> future.completeExceptionally(new UnknownOutcomeException("model: " + why)));
    }

    private void changed() {
        after(Duration.ZERO, () -> List.copyOf(listeners).forEach(Runnable::run));
    }

    @Override
    public GroupId group() {
        return ModelGroup.GROUP;
    }

    @Override
    public ReplicaStatus status() {
        boolean ready = role == RaftRole.LEADER && committed > 0 && termAt(committed) == disk.term;
        return new ReplicaStatus(
                self,
                closed ? RaftRole.STOPPED : role,
                ready,
                disk.term,
                Optional.ofNullable(leader),
                committed,
                applied,
                new Voters(group.voters, List.of(), 0),
                contactNanos,
                Optional.empty());
    }

    @Override
    public Registration onChange(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public CompletionStage<byte[]> append(byte[] entry) {
        if (closed || role != RaftRole.LEADER) {
            return CompletableFuture.failedFuture(new NotAppliedException("model: it does not lead"));
        }
        appends++;
        disk.log.add(new ModelGroup.Item(disk.term, entry));
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        pending.put((long) disk.log.size(), result);
        replicate();
        return result;
    }

    @Override
    public CompletionStage<Void> transferLeadership(Optional<PeerId> to, Duration limit) {
        throw new UnsupportedOperationException("the model keeps its leader");
    }

    @Override
    public CompletionStage<Void> changeVoters(List<PeerId> expected, List<PeerId> wanted, Duration limit) {
        throw new UnsupportedOperationException("the model keeps its voters");
    }

    @Override
    public void campaign() {
        elect();
    }

    void snapshot() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ReplicatedLog.Capture capture = applier.capture()) {
            capture.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        disk.snapshot = out.toByteArray();
        disk.snapshotIndex = applied;
    }

    @Override
    public void close() {
        closed = true;
        failPending("it was closed");
    }
}
