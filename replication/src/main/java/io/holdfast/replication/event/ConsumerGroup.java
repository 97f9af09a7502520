package io.holdfast.replication.event;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in the work of a group that consumes a log: the partitions are divided among the group's live members, each partition to one, and divided anew when members come and go.
 *
 * <p><b>What is promised</b>: each event is handled at least once, those of a partition in order, and the handler begins with no event before the one before it in the partition was dealt with. The position
 * is committed after each batch, under the epoch of the claim: who was replaced can commit no more, and the next owner begins exactly at the committed position, without a gap. So only events behind the
 * committed position come twice: of an owner that fell, at most its last batch. Of an owner that was thought dead and lives, a batch may be at work while its successor handles the same: what must
 * not happen twice needs {@link LoggedEvent#id} as idempotency key, or its offset stored with what it did.
 *
 * <p><b>Poison</b>: an event that fails as often as {@link ConsumerConfig#attempts} says parks its partition, visible in {@link #partitions}, until {@link #retry} or {@link #skip}; or it goes to the
 * dead letters, and the partition goes on. Other partitions go on in any case. An event that cannot be decoded is poison at once.
 *
 * <p>One of these on a node for each group. Safe for use by many threads.
 *
 * @param <E> the events' type
 */
public final class ConsumerGroup<E> implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);
    private static final int MAX_TURNS = 20_000;
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerGroup.class);

    private final GroupParts<E> parts;
    private final ExecutorService turns;
    private final HandlerThreads threads;
    private final Map<Integer, PartitionWorker<E>> workers =
            new ConcurrentSkipListMap<>(); // changed on the group's thread, read by meters
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile @Nullable Registration watch;
    private boolean closing;

    private ConsumerGroup(EventLog<E> log, ConsumerConfig config, Crew crew, EventHandler<E> handler) {
        String name = "log-" + log.name() + "-" + config.group();
        this.turns = log.environment().threads().serial(name, MAX_TURNS);
        this.threads = new HandlerThreads(log.environment(), name + "-handler", 4 * log.partitions());
        Executor executor = this::turn;
        this.parts = new GroupParts<>(
                log,
                config,
                crew,
                executor,
                new Delivery.Ways<>(log.environment(), executor, threads, handler, config.attempts()),
                new GroupMeters(log.registry(), log.name(), config.group()));
        parts.meters().watch(workers.values());
    }

    static <E> ConsumerGroup<E> start(EventLog<E> log, ConsumerConfig config, Crew crew, EventHandler<E> handler) {
        ConsumerGroup<E> group = new ConsumerGroup<>(log, config, crew, handler);
        group.watch = crew.watch(() -> group.turn(group::divide));
        group.turn(group::divide);
        group.lookAgain();
        return group;
    }

    private void turn(Runnable task) {
        try {
            turns.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("group {} has ended", parts.config().group(), e);
        }
    }

    /** In case that nobody told of a change. */
    private void lookAgain() {
        if (!ended.isDone()) {
            parts.environment().scheduler().schedule(LOOK_AGAIN, () -> {
                turn(this::divide);
                turn(() -> workers.values().forEach(PartitionWorker::lookAtEnd));
                lookAgain();
            });
        }
    }

    private void divide() {
        Set<NodeId> crew = new HashSet<>(parts.crew().present());
        crew.add(parts.crew().self());
        Set<Integer> mine = closing
                ? Set.of()
                : Shares.of(
                        parts.crew().self(),
                        crew,
                        parts.config().group(),
                        parts.log().partitions());
        workers.forEach((partition, worker) -> {
            if (!mine.contains(partition)) {
                worker.stop();
            }
        });
        for (int partition : mine) {
            if (!workers.containsKey(partition)) {
                PartitionWorker<E> worker = new PartitionWorker<>(parts, partition, () -> turn(() -> ended(partition)));
                workers.put(partition, worker);
                worker.begin();
            }
        }
        endIfIdle();
    }

    private void ended(int partition) {
        workers.remove(partition);
        divide(); // it may be this node's again
    }

    private void endIfIdle() {
        if (closing && workers.isEmpty() && !ended.isDone()) {
            threads.close();
            parts.meters().close();
            parts.crew().leave();
            ended.complete(null);
            turns.shutdown();
        }
    }

    /**
     * How the partitions of this node fare.
     *
     * @return those that it has or is to have, in order
     */
    public CompletionStage<List<PartitionView>> partitions() {
        return onTurn(() -> workers.values().stream().map(PartitionWorker::view).toList());
    }

    /**
     * Tries the event again at which a partition is parked.
     *
     * @param partition the partition
     * @return whether it was parked on this node
     */
    public CompletionStage<Boolean> retry(int partition) {
        return unpark(partition, false);
    }

    /**
     * Passes over the event at which a partition is parked.
     *
     * @param partition the partition
     * @return whether it was parked on this node
     */
    public CompletionStage<Boolean> skip(int partition) {
        return unpark(partition, true);
    }

    private CompletionStage<Boolean> unpark(int partition, boolean skip) {
        Check.between("partition", partition, 0, parts.log().partitions() - 1);
        return onTurn(() -> {
            PartitionWorker<E> worker = workers.get(partition);
            if (worker == null || worker.view().state() != PartitionView.State.PARKED) {
                return false;
            }
            worker.resume(skip);
            return true;
        });
    }

    private <T> CompletionStage<T> onTurn(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            turns.execute(() -> answer.complete(question.get()));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    new UnavailableException("group " + parts.config().group() + " has ended on this node", e));
        }
        return answer;
    }

    /**
     * Gives all partitions up: no batch begins any more; those at work end, are committed, and the partitions are let go.
     *
     * @return completes when all that is done; never while a handler does not end, so wait with a limit
     */
    public CompletionStage<Void> stop() {
        Registration watching = watch;
        if (watching != null) {
            watching.close();
        }
        turn(() -> {
            closing = true;
            divide();
        });
        return ended;
    }

    /**
     * Whether it has ended.
     *
     * @return true once all that {@link #stop} began is done
     */
    public boolean ended() {
        return ended.isDone();
    }

    /** As {@link #stop}, without waiting for it. */
    @Override
    public void close() {
        stop();
    }
}
