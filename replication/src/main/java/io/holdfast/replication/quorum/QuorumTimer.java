package io.holdfast.replication.quorum;

/** The timers of the protocol. */
enum QuorumTimer {
    /** Deadlines of calls, hints. */
    TICK,
    /** A round of anti-entropy. */
    ANTI_ENTROPY,
    /** Rows are looked through for what has expired and what can be collected. */
    SWEEP
}
