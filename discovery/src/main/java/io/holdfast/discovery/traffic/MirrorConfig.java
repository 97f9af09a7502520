package io.holdfast.discovery.traffic;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;

/**
 * Sends copies of calls to a version that is to be tried with real calls. Nobody waits for a copy; its result is dropped. The copy carries the baggage entry {@value #MARK}; a copy is not copied.
 * Only methods that are idempotent by their contract are copied.
 *
 * @param version who gets the copies
 * @param share of how many calls
 * @param maxConcurrent how many copies at once
 */
public record MirrorConfig(
        @Doc("The version that gets the copies.") String version,

        @Doc("The share of the calls that is copied.") @Default("100%")
        double share,

        @Doc("How many copies of this node are under way at once; beyond it calls are not copied.") @Default("32")
        int maxConcurrent) {
    /** The baggage entry that tells a handler that its call is a copy. */
    public static final String MARK = "holdfast-mirror";

    /**
     * Validates the numbers.
     *
     * @param version as the component
     * @param share 0 to 1
     * @param maxConcurrent 1 to 10,000
     * @throws IllegalArgumentException if one is out of bounds
     */
    public MirrorConfig {
        Check.ratio("share", share);
        Check.between("max-concurrent", maxConcurrent, 1, 10_000);
    }
}
