package io.holdfast.sharding.job;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of jobs, services and workers of the cluster. */
public enum JobMetric implements MetricName {
    /** Runs of jobs. */
    RUN(MetricSpec.timer(
            "holdfast.job.run",
            "How long runs of a scheduled job took on this node, in seconds.",
            "job=<name in the code>",
            "result=done|failed|interrupted|timed_out")),
    /** Ticks that did not run, or nobody knows how. */
    NOT_RUN(MetricSpec.counter(
            "holdfast.job.not_run",
            "Ticks of a scheduled job that this node reported: missed ones nobody ran, lost ones were begun by an owner that did not tell how they ended.",
            "job=<name in the code>",
            "why=missed|lost")),
    /** Failures of services and workers. */
    RESIDENT_FAILED(MetricSpec.counter(
            "holdfast.resident.failed",
            "How often a singleton service or a worker failed on this node; it is begun again after a pause.",
            "resident=singleton/<name in the code>|pool/<name in the code>"));

    private final MetricSpec spec;

    JobMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
