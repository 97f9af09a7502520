package io.holdfast.sharding.work;

import io.holdfast.core.Check;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.Exchange;
import io.holdfast.core.transport.Transport;
import io.holdfast.sharding.ShardDirectory;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.work.WorkWire.Answer;
import io.holdfast.sharding.work.WorkWire.Kind;
import io.holdfast.sharding.work.WorkWire.Order;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs functions for the shards that this node owns. Safe for use by many threads. */
final class WorkServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WorkServer.class);
    private static final byte[] NOTHING = {};
    private static final Duration SOON = Duration.ofMillis(100);

    private final Environment environment;
    private final ShardDirectory directory;
    private final ExecutorService handlers;
    private final int running;
    private final Map<String, ShardTask> tasks = new ConcurrentHashMap<>();
    private final Registration route;

    WorkServer(Environment environment, ShardDirectory directory, Transport transport, int running) {
        this.environment = environment;
        this.directory = directory;
        this.running = running;
        this.handlers = environment.threads().handlers("holdfast-shard-work", running);
        this.route = transport.serve(WorkWire.ROUTE, this::accept);
    }

    void register(String name, ShardTask task) {
        Check.label("function for shards", name);
        Check.that(
                tasks.putIfAbsent(name, task) == null,
                "function %s is registered already; give each function a name of its own",
                name);
    }

    private void accept(Exchange exchange) {
        Order order;
        try {
            order = WorkWire.order(exchange.request().payload());
        } catch (ProtocolException flaw) {
            exchange.fail(flaw);
            return;
        }
        CompletableFuture<Answer> answer = run(order, exchange.request().context());
        exchange.onCancel(() -> answer.cancel(true));
        answer.whenComplete((done, error) -> {
            if (error == null) {
                exchange.reply(WorkWire.encode(done));
            } else {
                exchange.fail(ShardRun.known(order.name(), order.shard(), ShardRun.bare(error)));
            }
        });
    }

    /**
     * Runs a function, once this node serves the shard. It ends at the context's deadline, whatever the function does, and when it is cancelled; the function is interrupted then.
     */
    CompletableFuture<Answer> run(Order order, CallContext context) {
        ShardMap map = directory.map();
        if (order.shard() >= map.shards().size()) {
            return CompletableFuture.failedFuture(new ProtocolException("shard " + order.shard() + " must be below "
                    + map.shards().size() + "; give all nodes the same number of shards"));
        }
        Optional<Tenure> tenure = directory.tenure(order.shard());
        CompletionStage<Optional<Tenure>> served = tenure.isPresent()
                ? CompletableFuture.completedFuture(tenure)
                : directory.await(order.shard(), Math.max(order.revision(), map.revision()), context.deadline());
        // not composed: what is cancelled must be what the function runs for
        CompletableFuture<Answer> result = new CompletableFuture<>();
        served.whenComplete((found, error) -> {
            if (error != null) {
                result.completeExceptionally(ShardRun.bare(error));
            } else if (found.isPresent()) {
                begin(order, found.get(), context, result);
            } else {
                result.complete(answer(Kind.MOVED, NOTHING, "", order));
            }
        });
        return result;
    }

    private void begin(Order order, Tenure tenure, CallContext context, CompletableFuture<Answer> result) {
        ShardTask task = tasks.get(order.name());
        if (task == null) {
            String message = "no function " + order.name() + " is registered on node " + directory.self()
                    + "; register it on all nodes that may own shards";
            result.complete(answer(Kind.UNKNOWN_NAME, NOTHING, message, order));
            return;
        }
        long left = context.deadline().remainingNanos(environment.clock().nanoTime());
        if (left <= 0) {
            result.completeExceptionally(late("did not begin", order));
            return;
        }
        // whoever asked does not wait for a function that ignores its interrupt
        Registration timer = environment
                .scheduler()
                .schedule(
                        Duration.ofNanos(left),
                        () -> result.completeExceptionally(late("was interrupted: it did not end", order)));
        result.whenComplete((done, error) -> timer.close());
        try {
            handlers.execute(() -> context.run(() -> run(order, tenure, task, result)));
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(OverloadedException.withoutTrace(
                    "functions (" + running + ") that run for shards on node " + directory.self()
                            + " are at their limit; try again",
                    SOON));
        }
    }

    private void run(Order order, Tenure tenure, ShardTask task, CompletableFuture<Answer> result) {
        if (result.isDone()) {
            return; // nobody waits any more
        }
        InterruptOnce stop = new InterruptOnce(Thread.currentThread());
        result.whenComplete((done, error) -> stop.interrupt());
        try {
            byte[] bytes = task.run(tenure, order.argument());
            stop.end();
            result.complete(judge(order, tenure, bytes));
        } catch (Throwable failure) { // users' code may throw anything; the caller hears of it
            stop.end();
            log.debug("function {} failed on shard {}", order.name(), order.shard(), failure);
            result.complete(answer(Kind.FAILED, NOTHING, failure.toString(), order));
        }
    }

    private static DeadlineExceededException late(String what, Order order) {
        return new DeadlineExceededException("function " + order.name() + " " + what + " for shard " + order.shard()
                + " in time; give forEach a later deadline, or the function less to do");
    }

    private Answer judge(Order order, Tenure tenure, byte[] bytes) {
        if (bytes.length > ShardWork.MAX_BYTES) {
            return answer(
                    Kind.FAILED,
                    NOTHING,
                    "result (" + bytes.length + " bytes) must have at most " + ShardWork.MAX_BYTES,
                    order);
        }
        boolean stillServed = directory
                .tenure(order.shard())
                .filter(now -> now.epoch().equals(tenure.epoch()))
                .isPresent();
        return stillServed ? answer(Kind.DONE, bytes, "", order) : answer(Kind.RAN, NOTHING, "", order);
    }

    private Answer answer(Kind kind, byte[] bytes, String message, Order order) {
        ShardMap map = directory.map();
        return new Answer(
                kind, bytes, message, map.revision() > order.revision() ? Optional.of(map) : Optional.empty());
    }

    @Override
    public void close() {
        route.close();
        handlers.shutdown();
    }

    /** Interrupts a thread as long as it does the work, and not a moment later. */
    private static final class InterruptOnce {
        private @Nullable Thread thread; // guarded by this

        private boolean done; // guarded by this

        InterruptOnce(Thread thread) {
            this.thread = thread;
        }

        synchronized void interrupt() {
            if (thread != null) {
                done = true;
                thread.interrupt();
            }
        }

        synchronized void end() {
            thread = null;
            if (done) {
                Thread.interrupted(); // ours, not the pool's
            }
        }
    }
}
