package io.holdfast.core.telemetry;

import java.util.List;

/** A metric of Holdfast. Each module lists its own in one enum that implements this; {@code docs/metrics.md} is generated from them. */
public interface MetricName {
    /** What kind of meter it is. */
    enum Kind {
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
     * The name: lowercase, dots, domain first, no unit.
     *
     * @return the name, for instance {@code holdfast.swim.probe}
     */
    String metric();

    /**
     * The kind of meter.
     *
     * @return the kind
     */
    Kind kind();

    /**
     * The tags, each with its bounded set of values, for instance {@code result=ack|timeout}.
     *
     * @return the tags, empty if there are none
     */
    List<String> tags();

    /**
     * What it says, in a sentence, with the unit.
     *
     * @return the description
     */
    String description();
}
