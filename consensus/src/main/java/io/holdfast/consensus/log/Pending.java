package io.holdfast.consensus.log;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.HoldfastException;

/** A command or a query that waits for its result; once it was sent, nobody can say that it will not be done. Safe for use by many threads. */
final class Pending extends Waiter<byte[]> {
    final byte[] item;
    private final GroupId group;
    private final Outcomes outcomes;
    private boolean sent;
    private boolean over;
    private String lastRefusal = "";

    Pending(GroupId group, Outcomes outcomes, byte[] item, Deadline deadline) {
        super(deadline);
        this.group = group;
        this.outcomes = outcomes;
        this.item = item;
    }

    /** It is sent now; false if it has ended meanwhile. */
    synchronized boolean send() {
        sent = !over && !isDone();
        return sent;
    }

    /** It was surely not done. */
    synchronized void refused(String why) {
        sent = false;
        lastRefusal = why;
    }

    /** Under the same lock as {@link #send}, so that what is called surely not done is not sent afterwards. */
    @Override
    synchronized HoldfastException ended(String why) {
        over = true;
        return sent
                ? outcomes.unknown("group " + group + " did not answer and " + why)
                : outcomes.notApplied("group " + group + " was not reached and " + why
                        + (lastRefusal.isEmpty() ? "; no leader was known" : "; last: " + lastRefusal));
    }
}
