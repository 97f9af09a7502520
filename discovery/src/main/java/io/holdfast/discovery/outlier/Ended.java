package io.holdfast.discovery.outlier;

/** What the end of a call tells of the instance that had it. */
public enum Ended {
    /** It answered, with a result or an exception that its contract declares. */
    GOOD,
    /** It failed in a way that speaks against the instance. */
    FAILED,
    /** It tells nothing: the caller gave up or may not call, or the instance was too busy, which less traffic for it would only push onto the others. */
    SILENT
}
