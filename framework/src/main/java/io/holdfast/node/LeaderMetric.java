package io.holdfast.node;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of jobs that only a leader does. */
public enum LeaderMetric implements MetricName {
    /** Runs. */
    RUN(MetricSpec.timer(
            "holdfast.leader_only.run",
            "How long runs of a job took that only the leader of an election does, in seconds; interrupted is one whose term ended.",
            "election=<name in the code>",
            "result=done|failed|interrupted"));

    private final MetricSpec spec;

    LeaderMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
