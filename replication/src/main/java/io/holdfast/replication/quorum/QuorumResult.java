package io.holdfast.replication.quorum;

import io.holdfast.replication.version.CausalContext;
import io.holdfast.replication.version.Versions;

/** What came of a call. */
public sealed interface QuorumResult {
    /**
     * A read was answered by R replicas.
     *
     * @param row what they know together
     */
    record Read(Versions row) implements QuorumResult {}

    /**
     * A write was stored by W replicas.
     *
     * @param context what the row's context is after the write: to write again without reading
     * @param time the latest time in the row after the write, on the hybrid clock: that of the write itself if the latest stands; 0 if the row is empty
     */
    record Written(CausalContext context, long time) implements QuorumResult {}

    /**
     * The call came to nothing, or nobody knows.
     *
     * @param kind what is known
     * @param message names the row's partition, the rule, who answered, and the remedy
     */
    record Failed(Kind kind, String message) implements QuorumResult {
        /** What is known of a call that failed. */
        public enum Kind {
            /** Surely nothing was written. */
            NOT_APPLIED,
            /** It may be written on some replicas, and may spread from there. */
            UNKNOWN,
            /** A read could not be answered. */
            UNAVAILABLE,
            /** A bound is reached; nothing was written. */
            OVERLOADED
        }
    }
}
