package io.holdfast.core.telemetry;

import io.holdfast.core.Check;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is said about a metric: one line per constant of a module's enum.
 *
 * <pre>{@code
 * PROBE(MetricSpec.timer("holdfast.swim.probe", "How long probes took, in seconds.", "result=ack|indirect_ack|timeout"));
 * }</pre>
 *
 * @param metric the name: lowercase, dots, domain first, no unit, for instance {@code holdfast.swim.probe}
 * @param kind the kind of meter
 * @param description what it says, in a sentence, with the unit
 * @param tags the tags, each with its bounded set of values, for instance {@code result=ack|timeout}; empty if there are none
 */
public record MetricSpec(String metric, Kind kind, String description, List<String> tags) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+");

    /** What kind of meter it is. */
    public enum Kind {
        /** Only grows. */
        COUNTER,
        /** Goes up and down. */
        GAUGE,
        /** Durations. */
        TIMER,
        /** Sizes and other numbers. */
        SUMMARY
    }

    /**
     * Checks the name, the description and the tags.
     *
     * @param metric the name
     * @param kind the kind of meter
     * @param description what it says
     * @param tags the tags
     * @throws IllegalArgumentException if the name is not lowercase words with dots, the description is blank, or a tag has no values
     */
    public MetricSpec {
        Check.that(NAME.matcher(metric).matches(), "metric (%s) must be lowercase words joined by dots", metric);
        Check.that(
                !description.isBlank(), "metric %s must have a description; say what it counts, with the unit", metric);
        for (String tag : tags) {
            Check.that(tag.indexOf('=') > 0, "tag (%s) of metric %s must be written as name=one|other", tag, metric);
        }
        tags = List.copyOf(tags);
    }

    /**
     * Says what a number tells that only grows.
     *
     * @param metric the name
     * @param description what it counts
     * @param tags the tags with their values
     * @return a counter's specification
     */
    public static MetricSpec counter(String metric, String description, String... tags) {
        return new MetricSpec(metric, Kind.COUNTER, description, List.of(tags));
    }

    /**
     * Says what a number tells that goes up and down.
     *
     * @param metric the name
     * @param description what it shows
     * @param tags the tags with their values
     * @return a gauge's specification
     */
    public static MetricSpec gauge(String metric, String description, String... tags) {
        return new MetricSpec(metric, Kind.GAUGE, description, List.of(tags));
    }

    /**
     * Says what durations are measured.
     *
     * @param metric the name
     * @param description what takes so long
     * @param tags the tags with their values
     * @return a timer's specification
     */
    public static MetricSpec timer(String metric, String description, String... tags) {
        return new MetricSpec(metric, Kind.TIMER, description, List.of(tags));
    }

    /**
     * Says what sizes or other numbers are measured.
     *
     * @param metric the name
     * @param description what has that size, with the unit
     * @param tags the tags with their values
     * @return a summary's specification
     */
    public static MetricSpec summary(String metric, String description, String... tags) {
        return new MetricSpec(metric, Kind.SUMMARY, description, List.of(tags));
    }
}
