package io.holdfast.circuitbreaker;

/** What the end of an attempt says of the callee. */
enum Ending {
    /** It answered, if only with an exception that is an answer. */
    GOOD,
    /** It failed. */
    FAILED,
    /** Nothing: the caller gave up, or the call was wrong in itself. */
    SILENT
}
