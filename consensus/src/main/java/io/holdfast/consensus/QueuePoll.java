package io.holdfast.consensus;

import io.holdfast.consensus.primitive.QueueType;
import io.holdfast.consensus.primitive.QueueType.Counts;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.core.Deadline;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One who waits for an item. After it was cancelled it takes no more, and what it has just taken it gives back. Any thread. */
final class QueuePoll<T> {
    private final WorkQueue<T> queue;
    private final Resource resource;
    private final Deadline until;
    private final CompletableFuture<Optional<WorkItem<T>>> result = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<?> waiting;

    QueuePoll(WorkQueue<T> queue, Resource resource, Deadline until) {
        this.queue = queue;
        this.resource = resource;
        this.until = until;
        result.whenComplete((item, error) -> stopWaiting());
    }

    CompletableFuture<Optional<WorkItem<T>>> result() {
        return result;
    }

    void take() {
        if (result.isDone()) {
            return;
        }
        queue.pollAsync().whenComplete((item, error) -> {
            if (error != null) {
                result.completeExceptionally(error);
            } else if (item.isPresent()) {
                hand(item.get());
            } else if (until.isExpired(resource.nowNanos())) {
                result.complete(item);
            } else {
                await();
            }
        });
    }

    private void hand(WorkItem<T> item) {
        if (!result.complete(Optional.of(item))) {
            item.nackAsync();
        }
    }

    /** Others may be faster when there is an item again: then it waits again. */
    private void await() {
        CompletableFuture<Optional<Counts>> ready = resource.until(
                QueueType.count(),
                0,
                KeyRange.ALL,
                until,
                payload -> Optional.of(Counts.decode(payload)).filter(counts -> counts.ready() > 0));
        waiting = ready;
        if (result.isDone()) {
            stopWaiting();
        }
        ready.whenComplete((counts, error) -> {
            if (error != null) {
                result.completeExceptionally(error);
            } else if (counts.isPresent()) {
                take();
            } else {
                result.complete(Optional.empty());
            }
        });
    }

    private void stopWaiting() {
        CompletableFuture<?> open = waiting;
        if (open != null) {
            open.cancel(false);
        }
    }
}
