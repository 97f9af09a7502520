package io.holdfast.replication.saga;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of sagas. No tag names a saga: those that need somebody are at {@code /admin/sagas}. */
public enum SagaMetric implements MetricName {
    /** Sagas begun. */
    STARTED(MetricSpec.counter(
            "holdfast.saga.started",
            "Sagas that began on this node, children among them.",
            "definition=<registered name>")),
    /** How long sagas took. */
    DURATION(MetricSpec.timer(
            "holdfast.saga.duration",
            "From the start of a saga, on whatever node, to its end on this one, in seconds.",
            "definition=<registered name>",
            "outcome=completed|compensated|aborted")),
    /** Attempts of steps. */
    STEP(MetricSpec.timer(
            "holdfast.saga.step",
            "How long attempts of steps and compensations took, in seconds.",
            "definition=<registered name>",
            "direction=do|undo",
            "result=done|not_done|unknown|refused")),
    /** Sagas here. */
    ALIVE(MetricSpec.gauge(
            "holdfast.saga.alive",
            "Sagas that this node runs, and those that need somebody: parked ones wait for an operator, diverged ones for other code.",
            "state=running|compensating|parked|diverged")),
    /** Attempts under way. */
    STEPS(MetricSpec.gauge(
            "holdfast.saga.steps", "Attempts that run on this node, or wait for a thread.", "state=running|waiting")),
    /** Appends. */
    COMMIT(MetricSpec.timer(
            "holdfast.saga.commit",
            "How long it took until an append to a history was known to be made, in seconds.",
            "how=at_once|after_doubt")),
    /** Take-overs. */
    RESUME(MetricSpec.timer(
            "holdfast.saga.resume",
            "From the moment this node was given a shard until its sagas went on, in seconds."));

    private final MetricSpec spec;

    SagaMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
