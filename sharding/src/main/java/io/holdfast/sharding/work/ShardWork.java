package io.holdfast.sharding.work;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.transport.Transport;
import io.holdfast.sharding.ShardDirectory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs functions beside the data: on each shard's owner, for each shard, some at a time, with one deadline for all and a report that says what is missing. Safe for use by many threads.
 */
public final class ShardWork implements AutoCloseable {
    /** The largest argument, and the largest result of a shard. */
    public static final int MAX_BYTES = 256 << 10;

    /** How many shards are asked at once for one call. */
    static final int AT_ONCE = 16;

    private final Environment environment;
    private final ShardDirectory directory;
    private final Transport transport;
    private final Function<NodeId, Optional<Address>> addresses;
    private final WorkServer server;
    private final Set<Gathering> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Begins to serve the route of work.
     *
     * @param environment clocks, timers and threads
     * @param directory who owns what
     * @param transport the wire
     * @param addresses where a node listens, by membership; empty if it is not known
     * @param running how many functions may run on this node at once; a further one is refused and tried again
     * @throws IllegalArgumentException if the transport serves the route already
     */
    public ShardWork(
            Environment environment,
            ShardDirectory directory,
            Transport transport,
            Function<NodeId, Optional<Address>> addresses,
            int running) {
        this.environment = environment;
        this.directory = directory;
        this.transport = transport;
        this.addresses = addresses;
        this.server = new WorkServer(environment, directory, transport, running);
    }

    /**
     * Registers a function. Register the same on all nodes that may own shards.
     *
     * @param name what names it, a DNS label
     * @param task the function
     * @throws IllegalArgumentException if the name is none, or taken
     */
    public void register(String name, ShardTask task) {
        server.register(name, task);
    }

    /**
     * Runs a function for every shard, in the caller's {@link CallContext} with this deadline.
     *
     * @param name its name
     * @param argument what it gets, at most {@link #MAX_BYTES}; not to be changed afterwards
     * @param deadline until when to wait; shards that have not answered by then are failures of the report
     * @return the report, complete or not; it never fails. Whoever cancels its future ({@code toCompletableFuture().cancel(true)}) has the function interrupted wherever it runs, and it begins nowhere any more: at once on nodes that the
     *     transport reaches, on others when their connection breaks, at the deadline at the latest
     * @throws IllegalArgumentException if the argument is too large, or there is no deadline
     */
    public CompletionStage<WorkReport> forEach(String name, byte[] argument, Deadline deadline) {
        Check.label("function for shards", name);
        Check.that(
                argument.length <= MAX_BYTES,
                "argument (%d bytes) of function %s must have at most %d; let it say where to read",
                argument.length,
                name,
                MAX_BYTES);
        Check.that(!deadline.isNone(), "work on all shards needs a deadline: a shard may have no owner for long");
        Gathering gathering = new Gathering(
                name,
                argument,
                CallContext.current()
                        .withDeadline(deadline.earlier(CallContext.current().deadline())));
        open.add(gathering);
        gathering.report.whenComplete((done, cancelled) -> open.remove(gathering));
        if (closed) {
            gathering.close();
        }
        for (int i = 0; i < AT_ONCE; i++) {
            gathering.next();
        }
        return gathering.report;
    }

    Environment environment() {
        return environment;
    }

    ShardDirectory directory() {
        return directory;
    }

    Transport transport() {
        return transport;
    }

    Optional<Address> address(NodeId node) {
        return addresses.apply(node);
    }

    WorkServer server() {
        return server;
    }

    /** Ends what this node has asked for, with a report of what there is; serves the route no more, and ends the threads when what they run has ended. */
    @Override
    public void close() {
        closed = true;
        open.forEach(Gathering::close);
        server.close();
    }

    /** One call of {@link #forEach}: as many shards at once as may be, until all have ended. */
    private final class Gathering {
        private final CompletableFuture<WorkReport> report = new CompletableFuture<>();
        private final String name;
        private final byte[] argument;
        private final CallContext context;
        private final int shards = directory.map().shards().size();
        private final Map<Integer, byte[]> results = new HashMap<>(); // this and all below: guarded by this
        private final Map<Integer, HoldfastException> failures = new HashMap<>();
        private final Map<Integer, ShardRun> running = new HashMap<>();
        private int begun;

        Gathering(String name, byte[] argument, CallContext context) {
            this.name = name;
            this.argument = argument;
            this.context = context;
            report.whenComplete((done, cancelled) -> cancelRuns());
        }

        /** The node closes: no timer would end it later. */
        private void close() {
            WorkReport soFar;
            synchronized (this) {
                begun = shards;
                Map<Integer, HoldfastException> failed = new HashMap<>(failures);
                for (int shard = 0; shard < shards; shard++) {
                    if (running.containsKey(shard)) {
                        failed.put(
                                shard,
                                new UnknownOutcomeException("function " + name + " may have run for shard " + shard
                                        + ": the node that asked for it was closed; see what it did"));
                    } else if (!results.containsKey(shard)) {
                        failed.putIfAbsent(
                                shard,
                                new UnavailableException("function " + name + " did not run for shard " + shard
                                        + ": the node that asked for it was closed; ask from another"));
                    }
                }
                soFar = new WorkReport(results, failed);
            }
            report.complete(soFar);
        }

        private void cancelRuns() {
            List<ShardRun> left;
            synchronized (this) {
                left = List.copyOf(running.values());
            }
            left.forEach(ShardRun::cancel);
        }

        void next() {
            int shard;
            ShardRun run;
            synchronized (this) {
                if (begun == shards || report.isDone()) {
                    return;
                }
                shard = begun++;
                run = new ShardRun(ShardWork.this, name, shard, argument, context);
                running.put(shard, run);
            }
            run.result().whenComplete((result, error) -> ended(shard, result, error));
            run.attempt();
        }

        private void ended(int shard, byte @Nullable [] result, @Nullable Throwable error) {
            WorkReport done = null;
            synchronized (this) {
                running.remove(shard);
                if (result != null) {
                    results.put(shard, result);
                } else {
                    failures.put(shard, ShardRun.known(name, shard, error));
                }
                if (results.size() + failures.size() == shards) {
                    done = new WorkReport(results, failures);
                }
            }
            if (done != null) {
                report.complete(done);
            } else {
                // not on this stack: shards that end at once would pile up
                environment.scheduler().schedule(Duration.ZERO, this::next);
            }
        }
    }
}
