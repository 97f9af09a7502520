package io.holdfast.circuitbreaker.config;

/** Who decides whether a circuit breaker lets calls pass: it itself, or an operator. */
public enum BreakerMode {
    /** It opens and closes by what it sees. */
    AUTOMATIC,
    /** It refuses every call: the callee is to have rest. */
    FORCED_OPEN,
    /** It lets every call pass and counts nothing. */
    FORCED_CLOSED,
    /** It lets every call pass, and counts: to see what its numbers would do. */
    METRICS_ONLY
}
