package io.holdfast.discovery;

import io.holdfast.core.telemetry.MetricName;
import java.util.List;

/** The metrics of discovery. */
public enum DiscoveryMetric implements MetricName {
    /** Members by state. */
    MEMBERS(
            "holdfast.swim.members",
            Kind.GAUGE,
            List.of("state=alive|suspect|dead|left"),
            "How many members this node knows, itself included."),
    /** Probes. */
    PROBE("holdfast.swim.probe", Kind.TIMER, List.of("result=ack|indirect_ack|timeout"), "How long probes took."),
    /** The local health score. */
    HEALTH("holdfast.swim.health", Kind.GAUGE, List.of(), "The local health score of Lifeguard; 0 is healthy."),
    /** Decisions. */
    DECISIONS(
            "holdfast.swim.decisions",
            Kind.COUNTER,
            List.of("kind=join|suspect|refute|dead|leave|refuse|form|stall|drop"),
            "What this node decided; the flight recorder says why."),
    /** Dropped messages. */
    DROPPED(
            "holdfast.swim.dropped",
            Kind.COUNTER,
            List.of("reason=broken|spoofed"),
            "Messages that were dropped because they are no packets, or name another sender than their connection."),
    /** Instances. */
    INSTANCES("holdfast.registry.instances", Kind.GAUGE, List.of(), "How many service instances this node knows.");

    private final String metric;
    private final Kind kind;
    private final List<String> tags;
    private final String description;

    DiscoveryMetric(String metric, Kind kind, List<String> tags, String description) {
        this.metric = metric;
        this.kind = kind;
        this.tags = tags;
        this.description = description;
    }

    @Override
    public String metric() {
        return metric;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public List<String> tags() {
        return tags;
    }

    @Override
    public String description() {
        return description;
    }
}
