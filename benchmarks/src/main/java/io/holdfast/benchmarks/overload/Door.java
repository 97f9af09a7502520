package io.holdfast.benchmarks.overload;

import io.holdfast.core.call.Criticality;
import org.jspecify.annotations.Nullable;

/** What stands before the service. Safe for use by many threads. */
interface Door extends AutoCloseable {
    /** A call that was let in. */
    interface Course {
        /** A thread has taken it up; false if it is refused now, and {@link #end} follows. */
        default boolean begins() {
            return true;
        }

        void end(boolean inTime);
    }

    /** Null if the call is refused. */
    @Nullable Course arrive(Criticality criticality);

    /** How many calls may run at once now, or empty. */
    default String limit() {
        return "";
    }

    @Override
    default void close() {}
}
