package io.holdfast.testkit.sim;

import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Committed;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A model of a group that keeps a {@link ReplicatedTable}, in virtual time, for code that builds on one. Not a consensus protocol: the group knows its rows, and decides each commit and each linearizable
 * read at one instant between call and answer. It shows its users what a real one may: nodes that reach no majority, commits whose outcome is unknown and that come to pass all the same, also later than
 * that was told, and replicas that trail.
 *
 * <pre>{@code
 * SimTable rows = new SimTable(scheduler, seed, GroupId.of("default"));
 * ReplicatedTable a = rows.view(NodeId.of("a"), host.environment());
 * rows.isolate(NodeId.of("a"));
 * }</pre>
 *
 * <p>For the one thread of a simulation.
 */
public final class SimTable {
    private static final Duration CATCH_UP = Duration.ofMillis(100);
    private static final int MAX_LOG = 4096;

    /** What was applied, for replicas that trail. */
    private record Entry(long revision, List<Change> changes) {}

    /** A commit on its way, perhaps in several copies; it is decided once. */
    static final class Commit {
        private final List<Condition> conditions;
        private final List<Change> changes;
        private @Nullable Committed decided;
        /** Once it was sent nobody can say that it will not come to pass. */
        boolean sent;

        Commit(List<Condition> conditions, List<Change> changes) {
            this.conditions = List.copyOf(conditions);
            this.changes = List.copyOf(changes);
        }
    }

    private static final class Replica {
        private final SimRows rows = new SimRows();
        private long position;
        private boolean waits;
    }

    private final Scheduler scheduler;
    private final @Nullable Environment environment;
    private final SplittableRandom random;
    private final GroupId id;
    private final SimRows rows = new SimRows();
    private final List<Entry> log = new ArrayList<>();
    private final Map<NodeId, Replica> replicas = new TreeMap<>();
    private final Set<NodeId> isolated = new HashSet<>();
    private Predicate<NodeId> reaches = node -> true;
    private long forgotten;
    private int elections;

    /**
     * A table without rows, that every node reaches. Its nodes have clocks of their own: {@link #view(NodeId, Environment)}.
     *
     * @param scheduler the world's time, in which things go on whatever becomes of a node: in a {@link SimWorld} {@link SimWorld#after}
     * @param seed decides delays and what becomes of what is under way
     * @param id the group
     */
    public SimTable(Scheduler scheduler, long seed, GroupId id) {
        this(scheduler, null, seed, id);
    }

    /**
     * A table without rows, that every node reaches, for nodes with one clock.
     *
     * @param environment the clock and the timers of all
     * @param seed decides delays and what becomes of what is under way
     * @param id the group
     */
    public SimTable(Environment environment, long seed, GroupId id) {
        this(environment.scheduler(), environment, seed, id);
    }

    private SimTable(Scheduler scheduler, @Nullable Environment environment, long seed, GroupId id) {
        this.scheduler = scheduler;
        this.environment = environment;
        this.random = Seeds.random(seed, "table", id.value());
        this.id = id;
    }

    /**
     * Tells who reaches a majority of the group; besides, {@link #isolate} holds.
     *
     * @param value asked whenever something of a node travels
     * @return this
     */
    public SimTable reachable(Predicate<NodeId> value) {
        reaches = value;
        return this;
    }

    /**
     * The table as one node sees it.
     *
     * @param node the node
     * @return the table, with deadlines and answers on the clock and timers that the model was made with
     * @throws IllegalStateException if it was made with a scheduler only
     */
    public ReplicatedTable view(NodeId node) {
        if (environment == null) {
            throw new IllegalStateException("the model has a scheduler but no clock for the deadlines of node " + node
                    + "; give the node's environment");
        }
        return view(node, environment);
    }

    /**
     * The table as one life of a node sees it. Answers and deadlines come as tasks of its own timers: late while it is paused, never when it is dead.
     *
     * @param node the node
     * @param own its clock and timers
     * @return the table
     */
    public ReplicatedTable view(NodeId node, Environment own) {
        replicas.computeIfAbsent(node, name -> {
            Replica replica = new Replica();
            catchUp(name, replica, position());
            return replica;
        });
        return new SimTableView(this, node, own);
    }

    /**
     * Cuts a node off from the group.
     *
     * @param node the node
     */
    public void isolate(NodeId node) {
        isolated.add(node);
    }

    /** Ends all isolation. */
    public void heal() {
        isolated.clear();
    }

    /** The leader falls: for 300 to 500 ms nothing is decided. */
    public void elect() {
        elections++;
        after(Duration.ofMillis(300 + random.nextLong(200)), () -> elections--);
    }

    GroupId id() {
        return id;
    }

    SimRows rows() {
        return rows;
    }

    SimRows replica(NodeId node) {
        return replicaOf(node).rows;
    }

    private Replica replicaOf(NodeId node) {
        return replicas.computeIfAbsent(node, name -> new Replica());
    }

    boolean reaches(NodeId node) {
        return !isolated.contains(node) && reaches.test(node);
    }

    /** Whether something can be decided for a node now. */
    boolean decidesFor(NodeId node) {
        return elections == 0 && reaches(node);
    }

    boolean isFresh(NodeId node) {
        return decidesFor(node) && replicaOf(node).position == position();
    }

    /** Decides a commit, unless it is decided: its conditions hold now or not. */
    Committed decide(Commit commit) {
        if (commit.decided != null) {
            return commit.decided;
        }
        boolean applied = rows.hold(commit.conditions);
        // other resources of the group and its sessions write too
        long revision = rows.revision() + 1 + random.nextInt(3);
        List<Change> changes = applied ? commit.changes : List.of();
        rows.apply(revision, changes);
        log.add(new Entry(revision, changes));
        if (log.size() > MAX_LOG) {
            log.subList(0, MAX_LOG / 2).clear();
            forgotten += MAX_LOG / 2;
        }
        spread();
        Committed decided = new Committed(applied, revision);
        commit.decided = decided;
        return decided;
    }

    /** A copy that was on its way when its node was cut off arrives by itself, or gets lost. */
    void stray(Commit commit) {
        if (random.nextBoolean()) {
            long[] millis = {100, 1_000, 10_000, 30_000};
            long longest = millis[random.nextInt(millis.length)] * 1_000_000;
            after(Duration.ofNanos(random.nextLong(longest)), () -> arrive(commit));
        }
    }

    private void arrive(Commit commit) {
        if (elections > 0) {
            after(CATCH_UP, () -> arrive(commit));
        } else {
            decide(commit);
        }
    }

    private long position() {
        return forgotten + log.size();
    }

    /** Lets every replica follow, each in its own time. */
    private void spread() {
        long target = position();
        replicas.forEach((node, replica) -> after(lag(), () -> catchUp(node, replica, target)));
    }

    private void catchUp(NodeId node, Replica replica, long target) {
        if (replica.position >= target) {
            return;
        }
        if (reaches(node)) {
            follow(replica, target);
        } else if (!replica.waits) {
            replica.waits = true;
            after(CATCH_UP, () -> {
                replica.waits = false;
                catchUp(node, replica, position());
            });
        }
    }

    private void follow(Replica replica, long target) {
        if (replica.position < forgotten) {
            replica.rows.copy(rows);
            replica.position = position();
            return;
        }
        while (replica.position < target) {
            Entry entry = log.get((int) (replica.position - forgotten));
            replica.rows.apply(entry.revision(), entry.changes());
            replica.position++;
        }
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    Duration travel() {
        return Duration.ofNanos(200_000 + random.nextLong(3_000_000));
    }

    private Duration lag() {
        return chance(8) ? Duration.ofNanos(random.nextLong(300_000_000)) : travel();
    }

    void after(Duration delay, Runnable task) {
        scheduler.schedule(delay, task);
    }
}
