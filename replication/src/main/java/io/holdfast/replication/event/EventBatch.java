package io.holdfast.replication.event;

import java.util.List;

/**
 * Events of one partition that follow one another.
 *
 * @param partition the partition
 * @param from the offset that was asked for. If it is smaller than {@code oldest}, what was between may have been forgotten
 * @param events the events in order
 * @param next the offset at which the next batch begins
 * @param oldest the offset of the oldest event that is kept; {@code end} if there is none
 * @param end the offset that the next event will have at least
 * @param <E> the events' type
 */
public record EventBatch<E>(int partition, long from, List<LoggedEvent<E>> events, long next, long oldest, long end) {
    /**
     * Copies the list.
     *
     * @param partition as the component
     * @param from as the component
     * @param events as the component
     * @param next as the component
     * @param oldest as the component
     * @param end as the component
     */
    public EventBatch {
        events = List.copyOf(events);
    }

    /** One event of it, as a batch. */
    EventBatch<E> only(int index) {
        LoggedEvent<E> event = events.get(index);
        long after = index + 1 < events.size() ? events.get(index + 1).offset() : next;
        return new EventBatch<>(partition, event.offset(), List.of(event), after, oldest, end);
    }
}
