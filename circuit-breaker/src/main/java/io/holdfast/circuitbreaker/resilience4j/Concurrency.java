package io.holdfast.circuitbreaker.resilience4j;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetricsPublisher;
import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/** Room for so many calls at once. Whoever enters must leave once. Safe for use by many threads. */
public final class Concurrency {
    private final Bulkhead delegate;
    private final TaggedBulkheadMetricsPublisher publisher;

    /**
     * Makes an empty room and publishes its metrics.
     *
     * @param name the policy's name
     * @param config the numbers
     * @param meters where its metrics go
     */
    public Concurrency(String name, BulkheadConfig config, MeterRegistry meters) {
        this.delegate = Bulkhead.of(name, translate(config));
        this.publisher = new TaggedBulkheadMetricsPublisher(meters);
        publisher.publishMetrics(delegate);
    }

    private static io.github.resilience4j.bulkhead.BulkheadConfig translate(BulkheadConfig config) {
        return io.github.resilience4j.bulkhead.BulkheadConfig.custom()
                .maxConcurrentCalls(config.places())
                .maxWaitDuration(Duration.ZERO)
                .build();
    }

    /**
     * Takes a place.
     *
     * @return false if there is none
     */
    public boolean enter() {
        return delegate.tryAcquirePermission();
    }

    /** Gives the place back. */
    public void leave() {
        delegate.onComplete();
    }

    /**
     * How many places are free.
     *
     * @return the number
     */
    public int free() {
        return delegate.getMetrics().getAvailableConcurrentCalls();
    }

    /**
     * How many places there are.
     *
     * @return the number
     */
    public int places() {
        return delegate.getBulkheadConfig().getMaxConcurrentCalls();
    }

    /**
     * Changes the number of places; calls under way keep theirs, so a smaller room fills only as they leave.
     *
     * @param config the new numbers
     */
    public void change(BulkheadConfig config) {
        delegate.changeConfig(translate(config));
    }

    /** Takes its metrics away. */
    public void close() {
        publisher.removeMetrics(delegate);
    }
}
