package io.holdfast.discovery.traffic;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What happens to the calls that match. The first rule that matches holds alone.
 *
 * @param order its place; rules of one place come by name
 * @param match which calls
 * @param split the versions that take them
 * @param mirror who gets copies
 * @param timeout how long a call may take
 * @param fault what goes wrong on purpose
 */
public record TrafficRule(
        @Doc("Its place among the rules: the lowest that matches holds, alone; rules of one place come by name.")
        @Default("0")
        int order,

        @Doc("Which calls it is for; all of them if nothing is said.")
        Match match,

        @Doc(
                "The versions that take these calls, version=weight each: a canary 1.4.0=95, 1.5.0=5, blue-green blue=0, green=100. The part of a version without instances goes to the others; if none is left, all instances take the calls.")
        List<VersionWeight> split,

        @Doc("Copies calls to a version that is to be tried.")
        Optional<MirrorConfig> mirror,

        @Doc("How long a call may take, instead of holdfast.client.timeout.")
        Optional<Duration> timeout,

        @Doc("Makes calls slow or fail on purpose.") Optional<RouteFaultConfig> fault) {
    /**
     * Validates the split.
     *
     * @param order as the component
     * @param match as the component
     * @param split as the component
     * @param mirror as the component
     * @param timeout longer than zero
     * @param fault as the component
     * @throws IllegalArgumentException if the weights sum to 0, a version stands twice, there are more than 16, or the timeout is not longer than zero
     */
    public TrafficRule {
        Check.that(split.size() <= 16, "split has %d versions; keep at most 16", split.size());
        Check.that(
                split.isEmpty() || split.stream().anyMatch(each -> each.weight() > 0),
                "split (%s) has weights that sum to 0, so nobody would take the calls; give one a weight, or leave the split out",
                split);
        Check.that(
                split.stream().map(VersionWeight::version).distinct().count() == split.size(),
                "split (%s) has a version twice; add the weights up",
                split);
        timeout.ifPresent(value -> Check.positive("timeout", value));
        split = List.copyOf(split);
    }

    /**
     * A rule that does nothing to the calls that match.
     *
     * @param order its place
     * @param match which calls
     * @return the rule
     */
    public static TrafficRule of(int order, Match match) {
        return new TrafficRule(order, match, List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * This rule with a split.
     *
     * @param value the versions with their weights
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public TrafficRule withSplit(VersionWeight... value) {
        return new TrafficRule(order, match, List.of(value), mirror, timeout, fault);
    }

    /**
     * This rule with copies.
     *
     * @param value who gets them
     * @return a copy
     */
    public TrafficRule withMirror(MirrorConfig value) {
        return new TrafficRule(order, match, split, Optional.of(value), timeout, fault);
    }

    /**
     * This rule with a timeout.
     *
     * @param value longer than zero
     * @return a copy
     * @throws IllegalArgumentException if it is not longer than zero
     */
    public TrafficRule withTimeout(Duration value) {
        return new TrafficRule(order, match, split, mirror, Optional.of(value), fault);
    }

    /**
     * This rule with a fault.
     *
     * @param value what goes wrong
     * @return a copy
     */
    public TrafficRule withFault(RouteFaultConfig value) {
        return new TrafficRule(order, match, split, mirror, timeout, Optional.of(value));
    }
}
