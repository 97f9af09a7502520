package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.core.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A model of Raft for tests of who votes: elections, replication and joint changes happen in steps, between replicas that reach each other. Only what is on a replica's disk counts, so a replica
 * that votes with a disk it has lost makes the model lose committed entries, which it notices.
 */
final class ModelGroup {
    /** An entry: the voters from here on, or data if {@code voters} is empty. */
    record Entry(long term, Optional<Voters> voters) {}

    /** What survives a crash. */
    static final class Disk {
        final PeerId peer;
        final Optional<Voters> base;
        long term;
        List<Entry> log = new ArrayList<>();

        Disk(PeerId peer, Optional<Voters> base) {
            this.peer = peer;
            this.base = base;
        }

        Voters voters() {
            for (int i = log.size() - 1; i >= 0; i--) {
                if (log.get(i).voters().isPresent()) {
                    Voters at = log.get(i).voters().get();
                    return new Voters(at.current(), at.outgoing(), i + 1);
                }
            }
            return base.orElse(new Voters(List.of(), List.of(), -1));
        }

        long lastTerm() {
            return log.isEmpty() ? 0 : log.get(log.size() - 1).term();
        }
    }

    /** A change of voters under way at the leader. */
    private record Change(List<PeerId> wanted, int startedStep) {}

    /** A replica that runs. */
    private static final class Running {
        final Disk disk;
        RaftRole role = RaftRole.FOLLOWER;

        @Nullable PeerId leader;

        int silent;
        int patience;
        int committed;

        @Nullable Change change;

        Running(Disk disk) {
            this.disk = disk;
        }
    }

    private static final int JOIN_STEPS = 40;
    private final Map<NodeId, Running> running = new TreeMap<>();
    private final List<Entry> history = new ArrayList<>();
    private final Map<NodeId, String> results = new HashMap<>();
    private final BiPredicate<NodeId, NodeId> reaches;
    private final RandomGenerator random;
    private int steps;
    int commits;

    ModelGroup(BiPredicate<NodeId, NodeId> reaches, RandomGenerator random) {
        this.reaches = reaches;
        this.random = random;
    }

    void open(NodeId node, Disk disk) {
        Running replica = new Running(disk);
        replica.patience = 4 + random.nextInt(6);
        running.put(node, replica);
    }

    void close(NodeId node) {
        running.remove(node);
    }

    /** Whoever leads loses the lead, if it is this node. */
    void transfer(NodeId node, PeerId to) {
        Running from = running.get(node);
        Running heir = running.get(to.node());
        if (from != null && heir != null && from.role == RaftRole.LEADER && reaches.test(node, to.node())) {
            from.role = RaftRole.FOLLOWER;
            campaign(to.node(), true);
        }
    }

    void change(NodeId node, List<PeerId> expected, List<PeerId> wanted) {
        Running leader = running.get(node);
        boolean may = leader != null
                && leader.role == RaftRole.LEADER
                && leader.change == null
                && leader.committed == leader.disk.log.size()
                && leader.disk.voters().current().equals(expected)
                && leader.disk.voters().outgoing().isEmpty();
        if (may) {
            leader.change = new Change(wanted, steps);
        } else {
            results.put(node, "refused");
        }
    }

    /** How changes ended since this was asked last. */
    Map<NodeId, String> takeResults() {
        Map<NodeId, String> taken = new TreeMap<>(results);
        results.clear();
        return taken;
    }

    /** Without force, as after an election timeout, a voter that has just heard a leader grants nothing (pre-vote). */
    void campaign(NodeId node, boolean force) {
        Running candidate = running.get(node);
        if (candidate == null || candidate.role == RaftRole.LEADER) {
            return;
        }
        Voters voters = candidate.disk.voters();
        if (!voters.current().contains(candidate.disk.peer)) {
            return;
        }
        Predicate<PeerId> grants = voter -> {
            Running other = at(node, voter);
            return other != null
                    && (other.role != RaftRole.LEADER || other == candidate)
                    && (force || other == candidate || other.silent >= 2 || other.leader == null)
                    && !isBehind(candidate.disk, other.disk);
        };
        if (!voters.isQuorum(grants)) {
            return;
        }
        long term =
                1 + running.values().stream().mapToLong(r -> r.disk.term).max().orElse(0);
        for (PeerId voter : concat(voters)) {
            Running other = at(node, voter);
            if (other != null && grants.test(voter)) {
                other.disk.term = term;
                other.leader = null;
            }
        }
        candidate.role = RaftRole.LEADER;
        candidate.leader = candidate.disk.peer;
        candidate.committed = Math.min(candidate.committed, candidate.disk.log.size());
        candidate.change = null;
        candidate.disk.log.add(new Entry(term, Optional.empty()));
    }

    private static boolean isBehind(Disk candidate, Disk voter) {
        return candidate.lastTerm() < voter.lastTerm()
                || (candidate.lastTerm() == voter.lastTerm() && candidate.log.size() < voter.log.size());
    }

    private static List<PeerId> concat(Voters voters) {
        List<PeerId> all = new ArrayList<>(voters.current());
        voters.outgoing().stream().filter(peer -> !all.contains(peer)).forEach(all::add);
        return all;
    }

    /** The replica of a peer, if it runs and can be talked to. */
    private @Nullable Running at(NodeId from, PeerId peer) {
        Running other = running.get(peer.node());
        boolean there = other != null
                && other.disk.peer.equals(peer)
                && reaches.test(from, peer.node())
                && reaches.test(peer.node(), from);
        return there ? other : null;
    }

    void step() {
        steps++;
        for (NodeId node : List.copyOf(running.keySet())) {
            Running replica = running.get(node);
            if (replica == null || !reaches.test(node, node)) {
                continue;
            }
            if (replica.role == RaftRole.LEADER) {
                lead(node, replica);
            } else if (++replica.silent > replica.patience) {
                replica.patience = 4 + random.nextInt(6);
                replica.leader = null;
                campaign(node, false);
            }
        }
    }

    private void lead(NodeId node, Running leader) {
        Voters voters = leader.disk.voters();
        for (PeerId voter : concat(voters)) {
            Running other = at(node, voter);
            if (other != null && other.disk.term > leader.disk.term) {
                stepDown(node, leader);
                return;
            }
        }
        if (!voters.isQuorum(voter -> at(node, voter) != null)) {
            if (++leader.silent > 4) {
                stepDown(node, leader);
            }
            return;
        }
        leader.silent = 0;
        propose(node, leader);
        replicate(node, leader);
    }

    private void stepDown(NodeId node, Running leader) {
        leader.role = RaftRole.FOLLOWER;
        leader.leader = null;
        leader.silent = 0;
        if (leader.change != null) {
            leader.change = null;
            results.put(node, "lost the lead");
        }
    }

    /** Data now and then; a change once its new voters run. */
    private void propose(NodeId node, Running leader) {
        Change change = leader.change;
        Disk disk = leader.disk;
        Voters now = disk.voters();
        boolean idle = disk.log.size() == leader.committed;
        if (!now.outgoing().isEmpty()) {
            if (idle) {
                disk.log.add(new Entry(disk.term, Optional.of(new Voters(now.current(), List.of(), 0))));
            }
            return;
        }
        if (change == null) {
            if (idle && random.nextInt(4) == 0) {
                disk.log.add(new Entry(disk.term, Optional.empty()));
            }
            return;
        }
        if (now.current().equals(change.wanted())) {
            if (idle) {
                leader.change = null;
                results.put(node, "done");
            }
        } else if (change.wanted().stream()
                .filter(peer -> !now.current().contains(peer))
                .allMatch(peer -> at(node, peer) != null)) {
            disk.log.add(new Entry(disk.term, Optional.of(new Voters(change.wanted(), now.current(), 0))));
        } else if (steps - change.startedStep() > JOIN_STEPS) {
            leader.change = null;
            results.put(node, "a new voter was not there in time");
        }
    }

    private void replicate(NodeId node, Running leader) {
        Disk disk = leader.disk;
        Voters voters = disk.voters();
        List<PeerId> stored = new ArrayList<>();
        for (PeerId voter : concat(voters)) {
            Running other = at(node, voter);
            if (other == null) {
                continue;
            }
            other.disk.term = Math.max(other.disk.term, disk.term);
            if (other != leader) {
                other.disk.log = new ArrayList<>(disk.log);
                other.role = RaftRole.FOLLOWER;
                other.leader = disk.peer;
                other.silent = 0;
                other.committed = leader.committed;
            }
            stored.add(voter);
        }
        if (voters.isQuorum(stored::contains) && disk.lastTerm() == disk.term) {
            commit(disk);
            leader.committed = disk.log.size();
            if (!voters.current().contains(disk.peer) && voters.outgoing().isEmpty()) {
                leader.change = null;
                stepDown(node, leader);
                results.put(node, "done");
            }
        } else if (disk.lastTerm() != disk.term) {
            disk.log.add(new Entry(disk.term, Optional.empty()));
        }
    }

    /** There is one history. A commit that does not continue it was made by a second majority. */
    private void commit(Disk disk) {
        for (int i = 0; i < history.size(); i++) {
            if (i >= disk.log.size() || disk.log.get(i) != history.get(i)) {
                throw new AssertionError("replica " + disk.peer + " commits another history from entry " + i
                        + " on: two disjoint majorities have decided; " + disk.voters());
            }
        }
        for (int i = history.size(); i < disk.log.size(); i++) {
            history.add(disk.log.get(i));
            commits++;
        }
    }

    /** Whether a replica follows a leader of which it has not heard for two steps. */
    boolean hearsNothing(NodeId node) {
        Running replica = running.get(node);
        return replica != null && replica.role == RaftRole.FOLLOWER && replica.leader != null && replica.silent >= 2;
    }

    Optional<ReplicaStatus> status(NodeId node) {
        Running replica = running.get(node);
        if (replica == null) {
            return Optional.empty();
        }
        Disk disk = replica.disk;
        boolean ready = replica.role == RaftRole.LEADER && replica.committed == disk.log.size();
        return Optional.of(new ReplicaStatus(
                disk.peer,
                replica.role,
                ready,
                disk.term,
                Optional.ofNullable(replica.leader),
                0,
                0,
                disk.voters(),
                Long.MIN_VALUE,
                Optional.empty()));
    }

    /** The voters of the longest committed history. */
    List<PeerId> decided() {
        for (int i = history.size() - 1; i >= 0; i--) {
            if (history.get(i).voters().isPresent()) {
                return history.get(i).voters().get().current();
            }
        }
        return List.of();
    }
}
