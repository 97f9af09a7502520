package io.holdfast.core.call;

/**
 * What a call that is being served learns of the calls made for it: whether one of them was retried in vain. If the served call then fails, its caller is told {@link io.holdfast.core.Retry#EXHAUSTED}
 * and does not try it again: of all tiers of a chain only the one next to the failure retries (Finagle's non-retryable failures; Beyer et al., Site Reliability Engineering, chapter 21, "Deciding to
 * Retry"). Safe for use by many threads.
 */
public final class RetryLedger {
    private volatile boolean exhausted;

    /** Makes an empty ledger. */
    public RetryLedger() {}

    /** A call that might have been tried again, by its nature, failed for good. */
    public void exhausted() {
        exhausted = true;
    }

    /**
     * Whether a call was retried in vain.
     *
     * @return true from the first {@link #exhausted()} on
     */
    public boolean isExhausted() {
        return exhausted;
    }
}
