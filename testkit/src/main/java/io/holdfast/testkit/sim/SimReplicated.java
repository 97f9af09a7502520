package io.holdfast.testkit.sim;

import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model of a group that keeps some state, in virtual time. Not a consensus protocol: the group knows its state, and decides each change and each linearizable read at one instant between call and answer. Nodes
 * may reach no majority, what was sent may come to pass later than was told, and replicas trail. For the one thread of a simulation.
 *
 * @param <S> the state, of the group or of a replica
 */
final class SimReplicated<S extends SimReplicated.State<S>> {
    private static final Duration CATCH_UP = Duration.ofMillis(100);
    private static final int MAX_LOG = 4096;

    /** What is kept, at one revision. */
    interface State<S> {
        long revision();

        void copy(S other);
    }

    /**
     * A change; deterministic, for each replica makes it again.
     *
     * @param <S> the state
     * @param <R> what it answers
     */
    interface Step<S, R> {
        R run(S state, long revision);
    }

    /** A change on its way, perhaps in several copies; it is decided once. */
    static final class Operation<S, R> {
        private final Step<S, R> step;
        private @Nullable R decided;
        /** Once it was sent nobody can say that it will not come to pass. */
        boolean sent;

        Operation(Step<S, R> step) {
            this.step = step;
        }
    }

    /** What was applied, for replicas that trail. */
    private record Entry<S>(long revision, Step<S, ?> step) {}

    private static final class Replica<S> {
        private final S state;
        private long position;
        private boolean waits;

        Replica(S state) {
            this.state = state;
        }
    }

    private final Scheduler scheduler;
    private final @Nullable Environment environment;
    private final SplittableRandom random;
    private final GroupId id;
    private final Supplier<S> fresh;
    private final S state;
    private final List<Entry<S>> log = new ArrayList<>();
    private final Map<NodeId, Replica<S>> replicas = new TreeMap<>();
    private final Set<NodeId> isolated = new HashSet<>();
    private Predicate<NodeId> reaches = node -> true;
    private Runnable listener = () -> {};
    private long forgotten;
    private int elections;

    SimReplicated(
            Scheduler scheduler,
            @Nullable Environment environment,
            SplittableRandom random,
            GroupId id,
            Supplier<S> fresh) {
        this.scheduler = scheduler;
        this.environment = environment;
        this.random = random;
        this.id = id;
        this.fresh = fresh;
        this.state = fresh.get();
    }

    void reachable(Predicate<NodeId> value) {
        reaches = value;
    }

    /** Called after each decision. */
    void onDecision(Runnable value) {
        listener = value;
    }

    Environment environment(NodeId node) {
        if (environment == null) {
            throw new IllegalStateException("the model has a scheduler but no clock for the deadlines of node " + node
                    + "; give the node's environment");
        }
        return environment;
    }

    /** From now on the node has a replica. */
    void join(NodeId node) {
        replicas.computeIfAbsent(node, name -> {
            Replica<S> replica = new Replica<>(fresh.get());
            catchUp(name, replica, position());
            return replica;
        });
    }

    void isolate(NodeId node) {
        isolated.add(node);
    }

    void heal() {
        isolated.clear();
    }

    void elect() {
        elections++;
        after(Duration.ofMillis(300 + random.nextLong(200)), () -> elections--);
    }

    GroupId id() {
        return id;
    }

    S state() {
        return state;
    }

    S replica(NodeId node) {
        return replicaOf(node).state;
    }

    private Replica<S> replicaOf(NodeId node) {
        return replicas.computeIfAbsent(node, name -> new Replica<>(fresh.get()));
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

    /** Decides a change, unless it is decided. */
    <R> R decide(Operation<S, R> operation) {
        R before = operation.decided;
        if (before != null) {
            return before;
        }
        // other resources of the group and its sessions write too
        long revision = state.revision() + 1 + random.nextInt(3);
        R decided = operation.step.run(state, revision);
        log.add(new Entry<>(revision, operation.step));
        if (log.size() > MAX_LOG) {
            log.subList(0, MAX_LOG / 2).clear();
            forgotten += MAX_LOG / 2;
        }
        spread();
        operation.decided = decided;
        listener.run();
        return decided;
    }

    /** A copy that was on its way when its node was cut off arrives by itself, or gets lost. */
    void stray(Operation<S, ?> operation) {
        if (random.nextBoolean()) {
            long[] millis = {100, 1_000, 10_000, 30_000};
            long longest = millis[random.nextInt(millis.length)] * 1_000_000;
            after(Duration.ofNanos(random.nextLong(longest)), () -> arrive(operation));
        }
    }

    private void arrive(Operation<S, ?> operation) {
        if (elections > 0) {
            after(CATCH_UP, () -> arrive(operation));
        } else {
            decide(operation);
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

    private void catchUp(NodeId node, Replica<S> replica, long target) {
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

    private void follow(Replica<S> replica, long target) {
        if (replica.position < forgotten) {
            replica.state.copy(state);
            replica.position = position();
            return;
        }
        while (replica.position < target) {
            Entry<S> entry = log.get((int) (replica.position - forgotten));
            entry.step().run(replica.state, entry.revision());
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
