package io.holdfast.replication.event;

import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows a partition: one batch is handled, and the next one is read meanwhile. */
final class Follower<E> implements Subscription {
    private static final int THREADS = 4;
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    private final EventLog<E> log;
    private final Feed<E> feed;
    private final EventHandler<E> handler;
    private final HandlerThreads threads;
    private final Pauses pauses = new Pauses();
    private volatile long position;
    private volatile boolean closed;

    private Follower(EventLog<E> log, Feed<E> feed, EventHandler<E> handler) {
        this.log = log;
        this.feed = feed;
        this.handler = handler;
        this.position = feed.from();
        this.threads = new HandlerThreads(log.environment(), "log-" + log.name() + "-" + feed.partition(), THREADS);
    }

    static <E> Subscription start(EventLog<E> log, Feed<E> feed, EventHandler<E> handler) {
        Follower<E> follower = new Follower<>(log, feed, handler);
        follower.take(feed.next());
        return follower;
    }

    @Override
    public long position() {
        return position;
    }

    private void take(CompletableFuture<EventBatch<E>> batch) {
        batch.whenComplete((found, error) -> {
            if (error == null) {
                handle(found, feed.next());
            } else {
                LOG.warn(
                        "partition {} of log {} cannot be read on; it is tried again",
                        feed.partition(),
                        log.name(),
                        error);
                again(() -> take(feed.next()));
            }
        });
    }

    private void handle(EventBatch<E> batch, CompletableFuture<EventBatch<E>> ahead) {
        if (closed) {
            return;
        }
        threads.call(handler, batch).whenComplete((done, error) -> {
            if (error == null) {
                pauses.reset();
                position = batch.next();
                take(ahead);
            } else {
                LOG.warn(
                        "a handler of log {} failed on partition {} at offset {}; the batch comes again",
                        log.name(),
                        batch.partition(),
                        batch.events().get(0).offset(),
                        error);
                again(() -> handle(batch, ahead));
            }
        });
    }

    private void again(Runnable task) {
        if (!closed) {
            log.environment().scheduler().schedule(pauses.next(), task);
        }
    }

    @Override
    public void close() {
        closed = true;
        feed.close();
        threads.close();
    }
}
