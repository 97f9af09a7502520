package io.holdfast.replication.event;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import java.time.Duration;

/** A partition has as much as it may, and keeps its oldest events: nothing was appended. Trim it when its consumers have read on, give it more room, or let it drop its oldest; then try again. */
public final class LogFullException extends HoldfastException {
    private static final long serialVersionUID = 1L;

    private static final Duration LATER = Duration.ofSeconds(1);

    /**
     * Makes the exception.
     *
     * @param log the log's name
     * @param partition the partition that is full
     */
    public LogFullException(String log, int partition) {
        super(
                "partition " + partition + " of log " + log
                        + " is full and keeps its oldest events (nothing was appended); trim it, raise maxBytes or maxRecords"
                        + " of its JournalSettings, or choose dropsOldest",
                Retry.SAFE,
                LATER,
                null);
    }
}
