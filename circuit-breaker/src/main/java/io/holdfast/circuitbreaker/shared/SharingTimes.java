package io.holdfast.circuitbreaker.shared;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * How long nodes wait for each other's word.
 *
 * @param refresh how often a node tells its counts anew while it has any
 * @param fresh for how long a node's word counts; longer than two refreshes
 * @param handover if the node whose turn it is does not try, the next one does after this time, the one after it after twice the time
 * @param verdict how long the others wait for the end of a try that has begun
 */
public record SharingTimes(Duration refresh, Duration fresh, Duration handover, Duration verdict) {
    /** For gossip in one data centre. */
    public static final SharingTimes DEFAULT = new SharingTimes(
            Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofSeconds(10));

    /**
     * Validates the times.
     *
     * @param refresh as the component
     * @param fresh as the component
     * @param handover as the component
     * @param verdict as the component
     * @throws IllegalArgumentException if one is not longer than zero, or a word is stale before it is told anew
     */
    public SharingTimes {
        Check.positive("refresh", refresh);
        Check.positive("handover", handover);
        Check.positive("verdict", verdict);
        Check.that(
                fresh.compareTo(refresh.multipliedBy(2)) > 0,
                "fresh (%s) must be longer than two refreshes (%s each); raise fresh",
                fresh,
                refresh);
    }
}
