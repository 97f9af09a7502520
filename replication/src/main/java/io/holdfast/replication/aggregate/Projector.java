package io.holdfast.replication.aggregate;

import io.holdfast.replication.event.LoggedEvent;
import java.util.concurrent.CompletionStage;

/**
 * What a projection makes of an event.
 *
 * @param <E> the events' type
 */
@FunctionalInterface
public interface Projector<E> {
    /**
     * Changes rows because of an event. It may be called again for the same event, when what it had changed was not committed: it should do nothing but change rows.
     *
     * @param event the event
     * @param rows the rows; use them until the stage has completed, and not after
     * @return completes when all rows are changed; a failure lets the batch come again
     */
    CompletionStage<?> on(LoggedEvent<E> event, ProjectionRows rows);
}
