package io.holdfast.consensus.log;

import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A group's log on one node, with a replica there or without. Commands of all callers travel to the leader in batches and stand in the log in entries of many; see {@link GroupLogConfig} for the bounds.
 *
 * <p>Futures complete on the thread that brings the result: the engine's where this node leads or keeps the replica, the transport's where another node does, the timer's at a deadline. What is
 * chained to them must be short and must not block; hand over to an executor before foreign code runs. Listeners of {@link #leadership} have a thread of their own.
 *
 * <p>A command that was not sent, or that the leader refused before it was appended, is sent again until its deadline; whatever happens after it was given to the engine is never tried again here, but
 * ends as {@link io.holdfast.core.UnknownOutcomeException}.
 */
public final class GroupLog implements ReplicatedLog {
    private static final int LISTENER_TASKS = 4;

    private final GroupContext context;
    private final ExecutorService listenerThread;
    private final LeaderFinder finder;
    private final Gateway commands;
    private final Gateway queries;
    private final Reads reads;
    private final GroupServer server;
    private final AtomicReference<@Nullable LocalReplica> local = new AtomicReference<>();

    private GroupLog(GroupContext context, ExecutorService listenerThread) {
        this.context = context;
        this.listenerThread = listenerThread;
        this.finder = new LeaderFinder(context);
        this.commands = new Gateway(context, Outcomes.COMMAND, finder, this::submitHere, this::followsLocally);
        this.queries = new Gateway(context, Outcomes.QUERY, finder, this::askHere, this::followsLocally);
        this.reads = new Reads(context, local::get, finder, queries);
        this.server = new GroupServer(context, local::get, reads);
        context.leader().onChange(this::leaderChanged);
        context.meters().queue(commands::queued);
    }

    /**
     * Starts the log of a group on this node; it serves other nodes from now on.
     *
     * @param group the group
     * @param self this node
     * @param transport the wire; closed by who made it, after the log
     * @param addresses where a node listens
     * @param candidates whom to ask for the leader while none is known: the members of the cluster
     * @param config the bounds
     * @param environment time, chance and threads
     * @param telemetry metrics
     * @return the log, without a replica
     * @throws IllegalArgumentException if this transport serves the group already
     */
    public static GroupLog start(
            GroupId group,
            NodeId self,
            Transport transport,
            Function<NodeId, Optional<Address>> addresses,
            Supplier<List<NodeId>> candidates,
            GroupLogConfig config,
            Environment environment,
            Telemetry telemetry) {
        ExecutorService listenerThread = environment.threads().serial("holdfast-leader-" + group, LISTENER_TASKS);
        return new GroupLog(
                new GroupContext(
                        group,
                        self,
                        transport,
                        addresses,
                        candidates,
                        config,
                        environment,
                        new KnownLeader(self, listenerThread),
                        new KnownReplicas(),
                        new Deadlines(environment),
                        new LogMeters(telemetry, group),
                        environment.random().split("log/" + group + "/" + self)),
                listenerThread);
    }

    /**
     * Uses this node's replica from now on.
     *
     * @param replica the replica; closed by who opened it, after it was taken away
     * @param applier what it was opened with
     * @return takes the replica away: what waits for it fails, and the log goes on without one
     * @throws IllegalStateException if there is one already
     */
    public Registration attach(RaftReplica replica, BatchApplier applier) {
        Check.that(
                replica.group().equals(context.group()),
                "the replica is of group %s, the log of group %s; attach it to its own",
                replica.group(),
                context.group());
        LocalReplica attached = new LocalReplica(context, replica, applier);
        if (!local.compareAndSet(null, attached)) {
            attached.close();
            throw new IllegalStateException("node " + context.self() + " has a replica of group " + context.group()
                    + " already; take that one away first");
        }
        attached.changed();
        return () -> detach(attached);
    }

    private void detach(LocalReplica attached) {
        if (local.compareAndSet(attached, null)) {
            attached.close();
        }
    }

    private boolean followsLocally() {
        LocalReplica here = local.get();
        return here != null && here.serves();
    }

    private void submitHere(Batch batch, Consumer<Answer> done) {
        LocalReplica here = local.get();
        if (here == null) {
            noReplica(done);
        } else {
            here.batcher().submit(batch, done);
        }
    }

    /** Queries that came before this node had a replica, and waited for a leader, which is this node now. */
    private void askHere(Batch batch, Consumer<Answer> done) {
        LocalReplica here = local.get();
        if (here == null || !here.serves()) {
            noReplica(done);
        } else {
            server.ask(here, batch, Deadline.NONE, done);
        }
    }

    private void noReplica(Consumer<Answer> done) {
        done.accept(Answer.refused(
                Answer.Status.NOT_APPLIED,
                context.leader().current(),
                "node " + context.self() + " keeps no replica of group " + context.group() + " any more"));
    }

    private void leaderChanged() {
        reads.leaderChanged();
        commands.leaderChanged();
        queries.leaderChanged();
    }

    @Override
    public GroupId group() {
        return context.group();
    }

    @Override
    public Leadership leadership() {
        return context.leader();
    }

    /**
     * As {@link ReplicatedLog#propose} says.
     *
     * @param command the bytes
     * @param deadline until when the caller waits
     * @return the applier's result
     * @throws IllegalArgumentException if the command is larger than {@link GroupLogConfig#maxCommandSize}
     */
    @Override
    public CompletionStage<byte[]> propose(byte[] command, Deadline deadline) {
        checkSize("command", command);
        long began = context.now();
        CompletionStage<byte[]> result = commands.offer(command, deadline, began);
        result.whenComplete((value, error) -> context.meters().committed(context.now() - began, error));
        return result;
    }

    /**
     * {@link ReadConsistency#LINEARIZABLE} asks a majority, once for all that wait. {@link ReadConsistency#bounded} is served here if a barrier that began within that time was passed, otherwise
     * after one: contact with a leader alone proves nothing, for it may have been deposed. {@link ReadConsistency#LOCAL} is served at once by a replica that has passed a barrier since it started,
     * before that after one. A node without a replica asks one that has.
     *
     * @param query the bytes
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return the answer
     * @throws IllegalArgumentException if the query is larger than {@link GroupLogConfig#maxCommandSize}
     */
    @Override
    public CompletionStage<byte[]> query(byte[] query, ReadConsistency consistency, Deadline deadline) {
        checkSize("query", query);
        long began = context.now();
        CompletionStage<byte[]> result = reads.query(new Query(consistency, query), deadline);
        result.whenComplete((value, error) -> context.meters().read(consistency, context.now() - began, error));
        return result;
    }

    private void checkSize(String what, byte[] bytes) {
        Check.that(
                bytes.length <= context.config().maxCommandSize().bytes(),
                "a %s (%d bytes) must have at most %s; split it, or raise max-command-size on all nodes",
                what,
                bytes.length,
                context.config().maxCommandSize());
    }

    @Override
    public CompletionStage<Long> readBarrier(Deadline deadline) {
        return reads.barrier(deadline);
    }

    @Override
    public long applied() {
        LocalReplica here = local.get();
        return here == null ? 0 : here.applier().index();
    }

    /** Stops serving other nodes and ends all that waits; the replica, if there is one, is only let go. */
    @Override
    public void close() {
        server.close();
        finder.close();
        LocalReplica here = local.get();
        if (here != null) {
            detach(here);
        }
        commands.close();
        queries.close();
        context.deadlines().close();
        context.meters().close();
        listenerThread.shutdown();
    }
}
