package io.holdfast.testkit.sim;

import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.ReplicatedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A model of a group that keeps a {@link ReplicatedLog}, in virtual time, for code that builds on one. Not a consensus protocol: the group knows what is committed. It shows its
 * users everything that a real one may: leaders that change, entries whose outcome is unknown and that are committed all the same, replicas that trail, and restarts from
 * a snapshot or from the log.
 */
public final class SimLogGroup {
    private static final Duration ELECTION = Duration.ofMillis(300);
    private static final Duration RETRY = Duration.ofMillis(20);
    private static final Duration TICK = Duration.ofMillis(50);

    private final SimEnvironment environment;
    private final SplittableRandom random;
    private final GroupId id;
    private final List<NodeId> voters;
    private final Map<NodeId, SimLog> replicas = new LinkedHashMap<>();
    private final Set<NodeId> isolated = new HashSet<>();
    private final List<Entry> entries = new ArrayList<>();
    private @Nullable NodeId leader;
    private long epoch;
    private boolean electing;
    private boolean ticking;
    private long logNanos;
    private long ledSinceNanos;

    /**
     * A committed entry.
     *
     * @param logNanos the group's time
     * @param command the bytes, or null for a tick
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(long logNanos, byte @Nullable [] command) {}

    /**
     * A group without replicas.
     *
     * @param environment its time
     * @param seed decides leaders, delays and the fate of what was under way when a leader fell
     * @param id the group
     * @param voters the nodes whose majority decides
     */
    public SimLogGroup(SimEnvironment environment, long seed, GroupId id, List<NodeId> voters) {
        Check.that(!voters.isEmpty(), "group %s needs at least one voter", id);
        this.environment = environment;
        this.random = Seeds.random(seed, "log", id.value());
        this.id = id;
        this.voters = List.copyOf(voters);
    }

    GroupId id() {
        return id;
    }

    /**
     * Starts a voter's replica. A later life gets what was committed before: from a snapshot of another replica or entry by entry, by chance.
     *
     * @param node the voter
     * @param applier what it does with entries; new for each life
     * @return the replica
     * @throws IllegalArgumentException if the node is no voter
     */
    public ReplicatedLog start(NodeId node, ReplicatedLog.Applier applier) {
        Check.that(voters.contains(node), "node %s is no voter of group %s; the voters are %s", node, id, voters);
        SimLog replica = new SimLog(this, node, applier);
        List<SimLog> donors =
                reachable().stream().filter(other -> other.applied() > 0).toList();
        if (!donors.isEmpty() && random.nextBoolean()) {
            replica.restoreFrom(donors.get(random.nextInt(donors.size())));
        }
        replicas.put(node, replica);
        changed();
        return replica;
    }

    /**
     * Ends a replica as a crash does. Nothing happens if it does not run.
     *
     * @param node the voter
     */
    public void kill(NodeId node) {
        SimLog replica = replicas.get(node);
        if (replica != null) {
            replica.close();
        }
    }

    /**
     * Cuts a node off from the others.
     *
     * @param node the voter
     */
    public void isolate(NodeId node) {
        isolated.add(node);
        changed();
    }

    /** Ends all isolation. */
    public void heal() {
        isolated.clear();
        changed();
    }

    private boolean reaches(SimLog replica) {
        return !replica.isClosed() && replicas.get(replica.node()) == replica && !isolated.contains(replica.node());
    }

    private List<SimLog> reachable() {
        return replicas.values().stream().filter(this::reaches).toList();
    }

    private boolean hasMajority() {
        return reachable().size() > voters.size() / 2;
    }

    /** Somebody came or went: the leader may have lost its majority, and those who are alone lose their leader after a while. */
    void changed() {
        boolean holds = leader != null
                && hasMajority()
                && reachable().stream().anyMatch(replica -> replica.node().equals(leader));
        if (!holds) {
            leader = null;
            scheduleElection();
        }
        tellTerm();
        replicas.values()
                .forEach(replica -> after(ELECTION, () -> {
                    if (leader == null || !reaches(replica)) {
                        replica.knowledge().forgetLeader();
                    }
                }));
        spread();
    }

    private void scheduleElection() {
        if (!electing) {
            electing = true;
            after(ELECTION.plusMillis(random.nextLong(200)), this::elect);
        }
    }

    private void elect() {
        electing = false;
        List<SimLog> candidates = reachable();
        if (leader == null && hasMajority()) {
            leader = candidates.get(random.nextInt(candidates.size())).node();
            ledSinceNanos = environment.clock().nanoTime();
            epoch++;
            tellTerm();
        }
    }

    private void tellTerm() {
        if (leader == null) {
            return;
        }
        Leadership.Term term = new Leadership.Term(Optional.of(leader), new Epoch(epoch));
        reachable()
                .forEach(replica -> after(travel(), () -> {
                    if (reaches(replica) && term.leader().equals(Optional.ofNullable(leader))) {
                        replica.knowledge().learn(term);
                    }
                }));
    }

    /** Sends a proposal to the leader, as soon as there is one that can be reached. */
    void send(SimLog proposer, SimLog.Proposal proposal) {
        if (proposal.result.isDone()) {
            return;
        }
        if (leader == null || !reaches(proposer)) {
            after(RETRY, () -> send(proposer, proposal));
            return;
        }
        long sentIn = epoch;
        proposal.sent = true;
        after(travel(), () -> commit(proposer, proposal, sentIn));
    }

    private void commit(SimLog proposer, SimLog.Proposal proposal, long sentIn) {
        if (leader != null && epoch == sentIn) {
            append(proposal.entry);
            proposer.committedAt(entries.size(), proposal);
            spread();
            return;
        }
        if (leader != null && random.nextBoolean()) {
            // the old leader had got it to one that the new majority holds
            append(proposal.entry);
            spread();
        }
        proposal.abandon("the leader of group " + id + " changed while the entry was under way");
    }

    private void append(byte @Nullable [] command) {
        logNanos = now();
        ledSinceNanos = environment.clock().nanoTime();
        entries.add(new Entry(logNanos, command));
    }

    /** As long as a replica waits for an instant of the group's time: an entry without a command goes out when it has come. */
    void watchDeadlines() {
        if (!ticking && nextDeadline() != Long.MAX_VALUE) {
            ticking = true;
            after(TICK, () -> {
                ticking = false;
                if (leader != null && now() >= nextDeadline()) {
                    append(null);
                    spread();
                } else {
                    watchDeadlines();
                }
            });
        }
    }

    private long now() {
        return logNanos + environment.clock().nanoTime() - ledSinceNanos;
    }

    private long nextDeadline() {
        return reachable().stream().mapToLong(SimLog::nextDeadline).min().orElse(Long.MAX_VALUE);
    }

    /** Asks a majority whether what this replica will have read is the latest. */
    void confirm(SimLog reader, CompletableFuture<Long> reached) {
        if (reached.isDone()) {
            return;
        }
        long askedIn = epoch;
        after(travel(), () -> {
            if (leader != null && epoch == askedIn && reaches(reader)) {
                reader.await(entries.size(), reached);
                spread();
            } else {
                after(RETRY, () -> confirm(reader, reached));
            }
        });
    }

    /** Whether this replica is in contact with a leader and has applied all: the model's idea of a bounded staleness. */
    boolean isFresh(SimLog replica) {
        return leader != null && reaches(replica) && replica.hasApplied(entries.size());
    }

    /** Lets every replica that can be reached catch up, each in its own time. */
    private void spread() {
        reachable()
                .forEach(replica -> after(travel(), () -> {
                    if (reaches(replica)) {
                        replica.apply(entries);
                    }
                }));
    }

    private Duration travel() {
        return Duration.ofNanos(200_000 + random.nextLong(3_000_000));
    }

    private void after(Duration delay, Runnable task) {
        environment.scheduler().schedule(delay, task);
    }

    void at(Deadline deadline, Runnable task) {
        if (!deadline.isNone()) {
            long remaining = deadline.remainingNanos(environment.clock().nanoTime());
            after(Duration.ofNanos(Math.max(0, remaining)), task);
        }
    }
}
