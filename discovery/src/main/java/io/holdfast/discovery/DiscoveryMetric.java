package io.holdfast.discovery;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of discovery. */
public enum DiscoveryMetric implements MetricName {
    /** Members by state. */
    MEMBERS(MetricSpec.gauge(
            "holdfast.swim.members",
            "How many members this node knows, itself included.",
            "state=alive|suspect|dead|left")),
    /** Probes. */
    PROBE(MetricSpec.timer("holdfast.swim.probe", "How long probes took.", "result=ack|indirect_ack|timeout")),
    /** The local health score. */
    HEALTH(MetricSpec.gauge("holdfast.swim.health", "The local health score of Lifeguard; 0 is healthy.")),
    /** Decisions. */
    DECISIONS(MetricSpec.counter(
            "holdfast.swim.decisions",
            "What this node decided; the flight recorder says why.",
            "kind=join|suspect|refute|dead|leave|refuse|form|stall|drop")),
    /** Dropped messages. */
    DROPPED(MetricSpec.counter(
            "holdfast.swim.dropped",
            "Messages that were dropped because they are no packets, name another sender than their connection, or could not be sent for another reason than that nobody is there (larger than a frame: see the log).",
            "reason=broken|spoofed|unsent")),
    /** Instances. */
    INSTANCES(MetricSpec.gauge("holdfast.registry.instances", "How many service instances this node knows."));

    private final MetricSpec spec;

    DiscoveryMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
