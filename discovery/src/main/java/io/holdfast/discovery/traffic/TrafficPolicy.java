package io.holdfast.discovery.traffic;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.discovery.outlier.OutlierConfig;
import io.holdfast.discovery.outlier.SlowStartConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How this node's calls of one service find their instance. Immutable; in code and in configuration ({@code holdfast.traffic.<service>}) the same.
 *
 * @param outlier when an instance is taken out
 * @param slowStart how a new one begins
 * @param subset how many instances are used
 * @param sticky by what key calls stay together
 * @param rules what happens to which calls, by name
 * @param canary a new version that gets more and more of the calls
 */
public record TrafficPolicy(
        @Doc("Takes instances out for a while that do worse than the others.")
        OutlierConfig outlier,

        @Doc("Gives a new instance its share by and by.") SlowStartConfig slowStart,

        @Doc(
                "How many of the instances this node calls at all, always the same ones; 0 for all. For services of hundreds of instances.")
        @Default("0")
        int subset,

        @Doc("Sends the calls of one key to one instance.") Optional<StickyConfig> sticky,

        @Doc("What happens to which calls, by a name of your choice.")
        Map<String, TrafficRule> rules,

        @Doc(
                "A new version that gets more and more of the calls that no rule splits, while it is no worse than the one before.")
        Optional<CanaryConfig> canary) {
    /** What holds for a service of which nothing is said. */
    public static final TrafficPolicy DEFAULT = new TrafficPolicy(
            OutlierConfig.DEFAULT, SlowStartConfig.DEFAULT, 0, Optional.empty(), Map.of(), Optional.empty());

    /**
     * Validates the bounds.
     *
     * @param outlier as the component
     * @param slowStart as the component
     * @param subset 0 to 10,000
     * @param sticky as the component
     * @param rules at most 64
     * @param canary as the component
     * @throws IllegalArgumentException if one is passed
     */
    public TrafficPolicy {
        Check.between("subset", subset, 0, 10_000);
        Check.that(rules.size() <= 64, "there are %d rules; keep at most 64", rules.size());
        rules = Map.copyOf(rules);
    }

    /**
     * This policy with other numbers for outliers.
     *
     * @param value the numbers
     * @return a copy
     */
    public TrafficPolicy withOutlier(OutlierConfig value) {
        return new TrafficPolicy(value, slowStart, subset, sticky, rules, canary);
    }

    /**
     * This policy with another slow start.
     *
     * @param value the numbers
     * @return a copy
     */
    public TrafficPolicy withSlowStart(SlowStartConfig value) {
        return new TrafficPolicy(outlier, value, subset, sticky, rules, canary);
    }

    /**
     * This policy with another subset.
     *
     * @param value how many instances are used; 0 for all
     * @return a copy
     * @throws IllegalArgumentException if it is out of bounds
     */
    public TrafficPolicy withSubset(int value) {
        return new TrafficPolicy(outlier, slowStart, value, sticky, rules, canary);
    }

    /**
     * This policy with calls that stay together.
     *
     * @param value by what key
     * @return a copy
     */
    public TrafficPolicy withSticky(StickyConfig value) {
        return new TrafficPolicy(outlier, slowStart, subset, Optional.of(value), rules, canary);
    }

    /**
     * This policy with one more rule, or another one of that name.
     *
     * @param name its name
     * @param value the rule
     * @return a copy
     * @throws IllegalArgumentException if there are too many
     */
    public TrafficPolicy withRule(String name, TrafficRule value) {
        Map<String, TrafficRule> more = new LinkedHashMap<>(rules);
        more.put(name, value);
        return new TrafficPolicy(outlier, slowStart, subset, sticky, more, canary);
    }

    /**
     * This policy with a canary.
     *
     * @param value the canary
     * @return a copy
     */
    public TrafficPolicy withCanary(CanaryConfig value) {
        return new TrafficPolicy(outlier, slowStart, subset, sticky, rules, Optional.of(value));
    }
}
