package io.holdfast.replication.quorum;

/** What becomes of two writes that did not know of each other. */
public enum ConflictPolicy {
    /** Both stand, as siblings, until somebody who has read both writes again. Nothing that was acknowledged is dropped. */
    SIBLINGS,
    /**
     * The one that is later on the hybrid clock stands, the other is dropped. A write that began after another was acknowledged is the later one, whatever the clocks of their nodes say.
     */
    LATEST
}
