package io.holdfast.replication.event;

import io.holdfast.core.Check;
import io.holdfast.core.CodecException;
import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches of a partition, one after the other; waits at the end, and tries again what fails for a while. One question at a time: whoever asks for a batch waits for it before he asks for the next.
 */
final class Feed<E> {
    private static final Duration READ = Duration.ofSeconds(5);
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    private final EventLog<E> log;
    private final Environment environment;
    private final int partition;
    private final int limit;
    private final Pauses pauses = new Pauses();
    private volatile long next;
    private volatile boolean closed;
    private volatile @Nullable CompletableFuture<Long> waiting;
    /** There was more than the last batch could hold: the next lies on this node's replica most likely. */
    private boolean behind;

    Feed(EventLog<E> log, int partition, long from, int limit) {
        this.log = log;
        this.environment = log.environment();
        this.partition = partition;
        this.limit = (int) Check.between("limit of a batch", limit, 1, 1000);
        this.next = from;
        Check.that(from >= 0, "from (%d) must not be negative; 0 begins with the oldest", from);
        log.journal(partition); // refuses one that is not there
    }

    int partition() {
        return partition;
    }

    long from() {
        return next;
    }

    /** The next batch, with one event at least. Fails only if an event cannot be decoded. Never completes once it is closed. */
    CompletableFuture<EventBatch<E>> next() {
        CompletableFuture<EventBatch<E>> result = new CompletableFuture<>();
        read(result);
        return result;
    }

    private Deadline in(Duration time) {
        return Deadline.after(environment.clock().nanoTime(), time);
    }

    private void read(CompletableFuture<EventBatch<E>> result) {
        if (closed) {
            return;
        }
        ReadConsistency consistency = behind ? ReadConsistency.LOCAL : ReadConsistency.LINEARIZABLE;
        log.readable(partition, next, limit, consistency, in(READ)).whenComplete((batch, error) -> {
            if (error != null) {
                failed(error, result);
            } else if (!batch.events().isEmpty()) {
                pauses.reset();
                next = batch.next();
                behind = batch.next() < batch.end();
                result.complete(batch);
            } else if (behind) {
                behind = false;
                read(result);
            } else {
                await(batch.end(), result);
            }
        });
    }

    private void await(long end, CompletableFuture<EventBatch<E>> result) {
        CompletableFuture<Long> news =
                log.journal(partition).awaitBeyond(end, in(WAIT)).toCompletableFuture();
        waiting = news;
        if (closed) {
            news.cancel(false);
            return;
        }
        news.whenComplete((found, error) -> {
            if (error != null) {
                failed(error, result);
            } else {
                read(result);
            }
        });
    }

    private void failed(Throwable error, CompletableFuture<EventBatch<E>> result) {
        if (closed) {
            return;
        }
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof CodecException) {
            result.completeExceptionally(cause);
            return;
        }
        LOG.debug("reading partition {} of log {} failed; it is tried again", partition, log.name(), cause);
        environment.scheduler().schedule(pauses.next(), () -> read(result));
    }

    void close() {
        closed = true;
        CompletableFuture<Long> open = waiting;
        if (open != null) {
            open.cancel(false);
        }
    }
}
