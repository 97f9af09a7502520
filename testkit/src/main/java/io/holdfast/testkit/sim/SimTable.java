package io.holdfast.testkit.sim;

import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Scheduler;
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
    private final SimReplicated<SimRows> model;

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
        model = new SimReplicated<>(scheduler, environment, Seeds.random(seed, "table", id.value()), id, SimRows::new);
    }

    /**
     * Tells who reaches a majority of the group; besides, {@link #isolate} holds.
     *
     * @param value asked whenever something of a node travels
     * @return this
     */
    public SimTable reachable(Predicate<NodeId> value) {
        model.reachable(value);
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
        return view(node, model.environment(node));
    }

    /**
     * The table as one life of a node sees it. Answers and deadlines come as tasks of its own timers: late while it is paused, never when it is dead.
     *
     * @param node the node
     * @param own its clock and timers
     * @return the table
     */
    public ReplicatedTable view(NodeId node, Environment own) {
        return new SimTableView(model.id(), new SimCalls<>(model, node, own));
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

    SimRows rows() {
        return model.state();
    }
}
