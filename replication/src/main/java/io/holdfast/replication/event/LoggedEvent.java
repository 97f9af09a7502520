package io.holdfast.replication.event;

import org.jspecify.annotations.Nullable;

/**
 * An event as it stands in a log.
 *
 * @param partition its partition
 * @param offset its offset in the partition
 * @param timeNanos when it was appended, by the time of the partition's group: nanoseconds since an arbitrary instant, that never go back; compare those of one partition only
 * @param key its key, or empty
 * @param event the event; null if null was appended, and in a tombstone
 * @param tombstone whether it says that its key is gone, see {@link EventLog#erase}
 * @param <E> the events' type
 */
public record LoggedEvent<E>(
        int partition,
        long offset,
        long timeNanos,
        String key,
        @Nullable E event,
        boolean tombstone) {
    /**
     * What names this event in the log for ever: an idempotency key for whoever does something because of it.
     *
     * @param log the log's name
     * @return {@code log/partition/offset}
     */
    public String id(String log) {
        return log + '/' + partition + '/' + offset;
    }
}
