package io.holdfast.consensus;

import io.holdfast.consensus.primitive.TopicType;
import io.holdfast.consensus.primitive.TopicType.Page;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.core.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows a topic: one question or one delivery at a time, each begun by the end of the one before. */
final class TopicSubscription<T> {
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final Logger LOG = LoggerFactory.getLogger(TopicSubscription.class);

    private final Topic<T> topic;
    private final Resource resource;
    private final TopicListener<T> listener;
    private long next;
    private volatile boolean closed;
    private volatile @Nullable CompletableFuture<Optional<Page>> waiting;

    TopicSubscription(Topic<T> topic, Resource resource, TopicListener<T> listener, long from) {
        this.topic = topic;
        this.resource = resource;
        this.listener = listener;
        this.next = from;
    }

    void next() {
        if (closed) {
            return;
        }
        CompletableFuture<Optional<Page>> page =
                resource.until(TopicType.read(next, TopicType.MAX_PAGE), 0, KeyRange.ALL, Deadline.NONE, this::news);
        waiting = page;
        if (closed) {
            page.cancel(false);
        }
        page.whenComplete((found, error) -> {
            if (error == null) {
                found.ifPresent(this::hand);
            } else if (!closed) {
                LOG.warn("reading topic {} failed; it is tried again", topic.name(), error);
                resource.shared().environment().scheduler().schedule(RETRY, this::next);
            }
        });
    }

    private Optional<Page> news(byte[] payload) {
        return Optional.of(Page.decode(payload)).filter(page -> !page.values().isEmpty() || page.first() > next);
    }

    private void hand(Page page) {
        try {
            resource.shared().callbacks().execute(() -> {
                deliver(page);
                next();
            });
        } catch (RejectedExecutionException e) {
            resource.shared().environment().scheduler().schedule(RETRY, () -> hand(page));
        }
    }

    private void deliver(Page page) {
        if (page.first() > next && !closed) {
            long missing = next;
            Listening.tell(topic.name(), () -> listener.onGap(missing, page.first()));
        }
        next = Math.max(next, page.first());
        for (byte[] value : page.values()) {
            if (closed) {
                return;
            }
            long offset = next++;
            Listening.tell(topic.name(), () -> listener.onMessage(offset, topic.decoded(value)));
        }
    }

    void close() {
        closed = true;
        CompletableFuture<Optional<Page>> open = waiting;
        if (open != null) {
            open.cancel(false);
        }
    }
}
