package io.holdfast.replication.aggregate;

import io.holdfast.replication.event.EventBatch;
import io.holdfast.replication.event.EventHandler;
import io.holdfast.replication.event.LoggedEvent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Hands events to somebody outside: each at least once, those of a partition in order, and under a key by which the other side knows one that comes again. */
public final class Outbox {
    private Outbox() {}

    /**
     * Who is outside.
     *
     * @param <E> the events' type
     */
    @FunctionalInterface
    public interface Receiver<E> {
        /**
         * Takes an event.
         *
         * @param idempotencyKey the same each time that this event comes, and of no other
         * @param event the event
         * @return completes when it was taken; a failure lets it come again
         */
        CompletionStage<?> take(String idempotencyKey, LoggedEvent<E> event);
    }

    /**
     * A handler that hands events on, one after the other. Give it to a {@link io.holdfast.replication.event.EventLog#consume consumer group} with small batches: of a batch that fails all events come again.
     *
     * @param log the log's name, the first part of the keys
     * @param receiver who is outside
     * @param <E> the events' type
     * @return the handler
     */
    public static <E> EventHandler<E> to(String log, Receiver<E> receiver) {
        return batch -> take(log, receiver, batch, 0);
    }

    private static <E> CompletionStage<?> take(String log, Receiver<E> receiver, EventBatch<E> batch, int at) {
        if (at == batch.events().size()) {
            return CompletableFuture.completedFuture(null);
        }
        LoggedEvent<E> event = batch.events().get(at);
        return receiver.take(event.id(log), event).thenCompose(taken -> take(log, receiver, batch, at + 1));
    }
}
