package io.holdfast.testkit.sim;

import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.JournalSettings;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A model of a group that keeps a {@link ReplicatedJournal}, in virtual time, for code that builds on one. It shows its users what a real one may: nodes that reach no majority, appends whose outcome is unknown
 * and that come to pass all the same, also later than that was told, and replicas that trail.
 *
 * <pre>{@code
 * SimJournal records = new SimJournal(scheduler, clock, seed, GroupId.of("default"));
 * ReplicatedJournal a = records.view(NodeId.of("a"), host.environment());
 * records.isolate(NodeId.of("a"));
 * }</pre>
 *
 * <p>For the one thread of a simulation.
 */
public final class SimJournal {
    private final SimReplicated<SimRecords> model;
    private final MonotonicClock time;
    private final List<SimWait> waits = new ArrayList<>();

    /**
     * A journal without records, that every node reaches. Its nodes have clocks of their own: {@link #view(NodeId, Environment)}.
     *
     * @param scheduler the world's time, in which things go on whatever becomes of a node: in a {@link SimWorld} {@link SimWorld#after}
     * @param time the group's time: in a {@link SimWorld} {@link SimWorld#elapsed}
     * @param seed decides delays and what becomes of what is under way
     * @param id the group; journals of one world have different ones, or different seeds
     */
    public SimJournal(Scheduler scheduler, MonotonicClock time, long seed, GroupId id) {
        this(scheduler, time, null, seed, id);
    }

    /**
     * A journal without records, that every node reaches, for nodes with one clock.
     *
     * @param environment the clock and the timers of all
     * @param seed decides delays and what becomes of what is under way
     * @param id the group
     */
    public SimJournal(Environment environment, long seed, GroupId id) {
        this(environment.scheduler(), environment.clock(), environment, seed, id);
    }

    private SimJournal(
            Scheduler scheduler, MonotonicClock time, @Nullable Environment environment, long seed, GroupId id) {
        this.time = time;
        model = new SimReplicated<>(
                scheduler, environment, Seeds.random(seed, "journal", id.value()), id, SimRecords::new);
        model.onDecision(this::decided);
    }

    /**
     * Tells who reaches a majority of the group; besides, {@link #isolate} holds.
     *
     * @param value asked whenever something of a node travels
     * @return this
     */
    public SimJournal reachable(Predicate<NodeId> value) {
        model.reachable(value);
        return this;
    }

    /**
     * The journal as one node sees it.
     *
     * @param node the node
     * @return the journal, with deadlines and answers on the clock and timers that the model was made with
     * @throws IllegalStateException if it was made with a scheduler only
     */
    public ReplicatedJournal view(NodeId node) {
        return view(node, model.environment(node));
    }

    /**
     * The journal as one life of a node sees it. Answers and deadlines come as tasks of its own timers: late while it is paused, never when it is dead.
     *
     * @param node the node
     * @param own its clock and timers
     * @return the journal
     */
    public ReplicatedJournal view(NodeId node, Environment own) {
        return new SimJournalView(this, new SimCalls<>(model, node, own));
    }

    /**
     * Cuts a node off from the group.
     *
     * @param node the node
     */
    public void isolate(NodeId node) {
        model.isolate(node);
    }

    /** Ends all isolation. */
    public void heal() {
        model.heal();
    }

    /** The leader falls: for 300 to 500 ms nothing is decided. */
    public void elect() {
        model.elect();
    }

    SimReplicated<SimRecords> model() {
        return model;
    }

    /** A change at the time at which it is decided, on every replica at the same. */
    <R> SimReplicated.Step<SimRecords, R> timed(SimReplicated.Step<SimRecords, R> step) {
        return new Timed<>(time, step);
    }

    private static final class Timed<R> implements SimReplicated.Step<SimRecords, R> {
        private final MonotonicClock time;
        private final SimReplicated.Step<SimRecords, R> step;
        private boolean decided;
        private long at;

        Timed(MonotonicClock time, SimReplicated.Step<SimRecords, R> step) {
            this.time = time;
            this.step = step;
        }

        @Override
        public R run(SimRecords state, long revision) {
            if (!decided) {
                decided = true;
                at = time.nanoTime();
            }
            return step.run(state.at(at, revision), at);
        }
    }

    private void decided() {
        List.copyOf(waits).forEach(SimWait::look);
    }

    /** What is there now becomes old later, with nobody doing anything. Replicas follow the group. */
    void ageLater(SimRecords changed) {
        if (changed != model.state()) {
            return;
        }
        JournalSettings settings = changed.settings();
        tickIn(settings.maxAge());
        if (settings.compacts()) {
            tickIn(settings.tombstones());
        }
    }

    private void tickIn(Duration age) {
        if (!age.isZero()) {
            model.after(age, () -> model.decide(new SimReplicated.Operation<>(timed((state, now) -> true))));
        }
    }

    void await(SimWait wait) {
        waits.add(wait);
        wait.onEnd(() -> waits.remove(wait));
        wait.look();
    }
}
