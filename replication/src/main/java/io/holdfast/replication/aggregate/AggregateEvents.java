package io.holdfast.replication.aggregate;

import io.holdfast.replication.aggregate.AggregateRecord.Happened;
import io.holdfast.replication.event.EventBatch;
import io.holdfast.replication.event.EventHandler;
import io.holdfast.replication.event.LoggedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What followers of aggregates see. */
public final class AggregateEvents {
    private AggregateEvents() {}

    /**
     * A handler for {@link EventSourced#log}, that hands on what has happened, and the tombstones of aggregates that were erased, without the snapshots between.
     *
     * @param handler receives the events, each under its aggregate's id as key
     * @param <S> the aggregates' state
     * @param <E> their events
     * @return the handler
     */
    public static <S, E> EventHandler<AggregateRecord<S, E>> only(EventHandler<E> handler) {
        return batch -> {
            List<LoggedEvent<E>> events = new ArrayList<>();
            for (LoggedEvent<AggregateRecord<S, E>> each : batch.events()) {
                if (each.event() instanceof Happened<S, E> happened) {
                    events.add(new LoggedEvent<>(
                            each.partition(), each.offset(), each.timeNanos(), each.key(), happened.event(), false));
                } else if (each.tombstone()) {
                    events.add(new LoggedEvent<>(
                            each.partition(), each.offset(), each.timeNanos(), each.key(), null, true));
                }
            }
            return events.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : handler.handle(new EventBatch<>(
                            batch.partition(), batch.from(), events, batch.next(), batch.oldest(), batch.end()));
        };
    }
}
