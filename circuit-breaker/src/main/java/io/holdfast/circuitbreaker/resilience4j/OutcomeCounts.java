package io.holdfast.circuitbreaker.resilience4j;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what retries and timeouts did, under the names and tags that Resilience4j gives to its own, so that its dashboards work: the loops themselves are ours, since only
 * they know deadlines, budgets and whether a call is idempotent. Safe for use by many threads.
 */
public final class OutcomeCounts {
    private final LongAdder succeededAtOnce = new LongAdder();
    private final LongAdder succeededAfterRetry = new LongAdder();
    private final LongAdder failedAtOnce = new LongAdder();
    private final LongAdder failedAfterRetry = new LongAdder();
    private final LongAdder inTime = new LongAdder();
    private final LongAdder failedInTime = new LongAdder();
    private final LongAdder timedOut = new LongAdder();
    private final List<Meter> published = new ArrayList<>();
    private final MeterRegistry meters;

    /**
     * Publishes the counts.
     *
     * @param name the policy's name
     * @param meters where they go
     */
    public OutcomeCounts(String name, MeterRegistry meters) {
        this.meters = meters;
        publish(PolicyMetric.RETRY_CALLS, name, "successful_without_retry", succeededAtOnce);
        publish(PolicyMetric.RETRY_CALLS, name, "successful_with_retry", succeededAfterRetry);
        publish(PolicyMetric.RETRY_CALLS, name, "failed_without_retry", failedAtOnce);
        publish(PolicyMetric.RETRY_CALLS, name, "failed_with_retry", failedAfterRetry);
        publish(PolicyMetric.TIMEOUT_CALLS, name, "successful", inTime);
        publish(PolicyMetric.TIMEOUT_CALLS, name, "failed", failedInTime);
        publish(PolicyMetric.TIMEOUT_CALLS, name, "timeout", timedOut);
    }

    private void publish(PolicyMetric metric, String name, String kind, LongAdder count) {
        published.add(metric.counter(count, LongAdder::sum)
                .tag("name", name)
                .tag("kind", kind)
                .register(meters));
    }

    /**
     * A call with retries ended well.
     *
     * @param retries how many it took
     */
    public void succeeded(int retries) {
        (retries == 0 ? succeededAtOnce : succeededAfterRetry).increment();
    }

    /**
     * A call with retries failed for good.
     *
     * @param retries how many were made
     */
    public void failed(int retries) {
        (retries == 0 ? failedAtOnce : failedAfterRetry).increment();
    }

    /**
     * An attempt with a timeout ended before it.
     *
     * @param well whether without an exception
     */
    public void endedInTime(boolean well) {
        (well ? inTime : failedInTime).increment();
    }

    /** An attempt reached its timeout. */
    public void timedOut() {
        timedOut.increment();
    }

    /** Takes the metrics away. */
    public void close() {
        published.forEach(meters::remove);
    }
}
