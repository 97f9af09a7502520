package io.holdfast.replication.event;

import io.holdfast.core.env.Registration;

/** Somebody who follows a partition on this node. Safe for use by many threads. */
public interface Subscription extends Registration {
    /**
     * How far it is.
     *
     * @return the offset of the first event whose handling has not ended well
     */
    long position();

    /** Ends it: no batch begins any more. One that is being handled ends as it may. */
    @Override
    void close();
}
