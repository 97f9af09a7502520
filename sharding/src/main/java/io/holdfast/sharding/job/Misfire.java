package io.holdfast.sharding.job;

/** What becomes of ticks that came due when nobody could run them: no node owned the job, or the run before was not over. What is not run is reported as {@link JobEvent.Outcome#MISSED}. */
public enum Misfire {
    /** They are reported. The last of them is run all the same if it is not later than {@link Schedule#grace} and the next is not due: so a fail-over at midnight does not cost the night's run. */
    SKIP,
    /** The last of them is run, however late; the others are reported. */
    RUN_ONCE,
    /** Each is run, in order; of more than {@link Schedule#MAX_CAUGHT_UP} the newest, and the others are reported. */
    RUN_ALL
}
