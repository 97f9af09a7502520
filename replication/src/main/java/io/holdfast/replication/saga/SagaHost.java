package io.holdfast.replication.saga;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.JournalSettings;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.Telemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sagas that run on this node: those of the shards that it owns. Whoever knows who owns which shard tells it ({@link #serve}, {@link #drain}, {@link #stop}) and routes requests to the owner. Safe for use
 * by many threads.
 *
 * <p>Every request fails with {@link io.holdfast.core.UnavailableException} if the shard is not served here (nothing was done), with {@link SagaRefusedException} if it makes no sense (nothing was done), and
 * with {@link io.holdfast.core.UnknownOutcomeException} if the shard moved while it was written; all requests may be repeated.
 */
public final class SagaHost implements AutoCloseable {
    private static final int MAX_WAITING = 65_536;

    private final SagaLoop loop;
    private final SagaSide side;
    private final Runnable end;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Map<Integer, SagaShard> shards = new HashMap<>(); // of the loop
    private final Map<ReplicatedJournal, JournalScan> scans = new HashMap<>(); // of the loop

    /** How a host differs in a simulation. */
    record Plan(SagaConfig config, SagaRules rules, StepRunner runner, Runnable end) {}

    SagaHost(Environment environment, NodeId self, Telemetry telemetry, Plan plan) {
        this.loop = new SagaLoop(environment);
        this.end = plan.end();
        SagaMeters meters = new SagaMeters(telemetry.meters());
        StepDesk desk = new StepDesk(loop, plan.runner(), plan.config().stepsAtOnce(), meters);
        this.side = new SagaSide(
                loop,
                desk,
                new SagaSide.Definitions(),
                plan.config(),
                plan.rules(),
                self.value(),
                meters,
                new SagaTracing(telemetry.tracer()),
                telemetry.recorder());
    }

    /**
     * Starts without any shard.
     *
     * @param environment clocks and threads
     * @param self this node, for people
     * @param config the bounds
     * @param telemetry where metrics, spans and decisions go
     * @return the host; close it after its shards were drained or stopped
     */
    public static SagaHost start(Environment environment, NodeId self, SagaConfig config, Telemetry telemetry) {
        ExecutorService threads = environment.threads().handlers("holdfast-saga-step", config.stepsAtOnce());
        StepRunner runner = new ThreadStepRunner(threads, environment.clock(), new SagaTracing(telemetry.tracer()));
        return new SagaHost(environment, self, telemetry, new Plan(config, new SagaRules(), runner, threads::shutdown));
    }

    /**
     * What the journal of sagas must be configured to: the last record of each key, tombstones for ten minutes.
     *
     * @param maxBytes its bound of bytes
     * @return the settings
     */
    public static JournalSettings journal(long maxBytes) {
        return JournalSettings.keepLastOfEachKey().withMaxBytes(maxBytes).withTombstones(Duration.ofMinutes(10));
    }

    /**
     * Makes a definition known. Register all before the node takes shards, the same on all nodes that may, and old versions for as long as sagas of them are under way.
     *
     * @param definition the definition
     * @throws IllegalArgumentException if that version is registered already
     */
    public void register(SagaDefinition<?> definition) {
        side.definitions().add(definition.plan());
    }

    /**
     * This node owns a shard: whoever had it is fenced, what is there is read, and sagas go on where they were.
     *
     * @param shard the shard
     * @param epoch its epoch, 1 or more and larger than that of all owners before
     * @param journal the journal of the shard's group, the same object for all shards of the group
     */
    public void serve(int shard, Epoch epoch, ReplicatedJournal journal) {
        loop.post(() -> {
            SagaShard before = shards.remove(shard);
            if (before != null) {
                before.stop();
            }
            JournalScan scan = scans.computeIfAbsent(journal, any -> new JournalScan(loop, journal));
            SagaShard opened = new SagaShard(shard, epoch.value(), side, journal, scan);
            shards.put(shard, opened);
            opened.open();
        });
    }

    /**
     * The shard goes to another node, which waits: nothing new begins, what is under way ends.
     *
     * @param shard the shard
     * @return completes when nothing is under way any more
     */
    public CompletionStage<?> drain(int shard) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.post(() -> {
            SagaShard there = shards.get(shard);
            if (there == null) {
                done.complete(null);
            } else {
                there.drain().thenRun(() -> {
                    shards.remove(shard, there);
                    done.complete(null);
                });
            }
        });
        return done;
    }

    /**
     * The shard is lost, or drained for long enough: what is under way is interrupted, and what it says is refused.
     *
     * @param shard the shard
     */
    public void stop(int shard) {
        loop.post(() -> {
            SagaShard there = shards.remove(shard);
            if (there != null) {
                there.stop();
            }
        });
    }

    /**
     * Starts a saga, or finds it: the same id and input are the same saga.
     *
     * @param shard the shard of its id
     * @param start what is to be started
     * @return the saga, when its start is committed. Fails also with {@link io.holdfast.core.OverloadedException} if the shard has as many as it may
     */
    public CompletionStage<SagaView> start(int shard, SagaStart start) {
        return on(shard, there -> Starts.start(there, start));
    }

    /**
     * Does something to a saga.
     *
     * @param shard the shard of its root's id
     * @param operation what
     * @return the saga, when it is committed
     */
    public CompletionStage<SagaView> apply(int shard, SagaOperation operation) {
        return on(shard, there -> {
            LiveSaga saga = there.live().get(operation.saga());
            return saga != null ? saga.tell(Operations.event(operation)) : Starts.notAlive(there, operation);
        });
    }

    /**
     * Completes when a saga has ended.
     *
     * @param shard the shard of its root's id
     * @param id the saga
     * @return the saga when it has ended; cancel it when nobody waits any more
     */
    public CompletionStage<SagaView> end(int shard, String id) {
        return on(shard, there -> {
            LiveSaga saga = there.live().get(id);
            return saga != null ? saga.untilEnd() : CompletableFuture.completedFuture(Starts.find(there, id));
        });
    }

    /**
     * Looks at a saga. It may be ahead of the journal by what is just being committed.
     *
     * @param shard the shard of its root's id
     * @param id the saga
     * @return how it stands
     */
    public CompletionStage<SagaView> find(int shard, String id) {
        return on(shard, there -> CompletableFuture.completedFuture(Starts.find(there, id)));
    }

    /**
     * Lists sagas of a shard by id, those that are remembered among them.
     *
     * @param shard the shard
     * @param query which
     * @return the sagas, with where their steps stand
     */
    public CompletionStage<List<SagaView>> list(int shard, SagaQuery query) {
        return on(shard, there -> CompletableFuture.completedFuture(Starts.list(there, query)));
    }

    /**
     * What has happened to a saga, without inputs and results: at most 4 KiB, of which the middle is missing first.
     *
     * @param shard the shard of its root's id
     * @param id the saga
     * @return its timeline
     */
    public CompletionStage<SagaHistory> timeline(int shard, String id) {
        return on(shard, there -> Starts.history(there, id, true));
    }

    /**
     * The whole history of a saga that is under way, for {@link SagaReplay}; of one that has ended only the timeline is left.
     *
     * @param shard the shard of its root's id
     * @param id the saga
     * @return its history
     */
    public CompletionStage<SagaHistory> history(int shard, String id) {
        return on(shard, there -> Starts.history(there, id, false));
    }

    /**
     * The sagas on this node whose history does not fit its code: they are not run, and need somebody.
     *
     * @return the sagas; what to do is in their detail
     */
    public CompletionStage<List<SagaView>> diverged() {
        CompletableFuture<List<SagaView>> answer = new CompletableFuture<>();
        loop.post(() -> {
            List<SagaView> all = new ArrayList<>();
            shards.values().forEach(shard -> all.addAll(shard.strangers().views()));
            answer.complete(all);
        });
        return answer;
    }

    private <T> CompletionStage<T> on(int shard, Function<SagaShard, CompletionStage<T>> question) {
        if (loop.waiting() > MAX_WAITING) {
            return CompletableFuture.failedFuture(Refusals.tooMuchWaits());
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.post(() -> {
            SagaShard there = shards.get(shard);
            RuntimeException refused = there == null ? Refusals.notHere(shard) : there.refusal();
            if (there == null || refused != null) {
                answer.completeExceptionally(refused);
                return;
            }
            try {
                CompletionStage<T> asked = question.apply(there);
                asked.whenComplete((value, error) -> complete(answer, value, error));
                answer.whenComplete((value, error) -> { // who waits no longer is forgotten
                    if (answer.isCancelled()) {
                        asked.toCompletableFuture().cancel(false);
                    }
                });
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static <T> void complete(CompletableFuture<T> answer, T value, @Nullable Throwable error) {
        if (error == null) {
            answer.complete(value);
        } else {
            answer.completeExceptionally(error);
        }
    }

    /** Stops all shards and ends the threads when what they run has ended. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.post(() -> {
            List.copyOf(shards.values()).forEach(SagaShard::stop);
            shards.clear();
            scans.values().forEach(JournalScan::close);
            loop.close();
            end.run();
            done.complete(null);
        });
    }
}
