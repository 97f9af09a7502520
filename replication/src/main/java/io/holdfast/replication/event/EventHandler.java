package io.holdfast.replication.event;

import java.util.concurrent.CompletionStage;

/**
 * Receives events, one batch at a time.
 *
 * @param <E> the events' type
 */
@FunctionalInterface
public interface EventHandler<E> {
    /**
     * Deals with a batch. It may come again: after it failed, and when this node fell before its position was committed. So it must bear that: do what it does under a key of the event, or store the offset
     * together with it.
     *
     * @param batch the events, one at least
     * @return completes when all of them are dealt with; a failure, or an exception, lets them come again
     */
    CompletionStage<?> handle(EventBatch<E> batch);
}
