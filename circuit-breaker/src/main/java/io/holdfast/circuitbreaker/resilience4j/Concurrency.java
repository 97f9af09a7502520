package io.holdfast.circuitbreaker.resilience4j;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/**
 * Room for so many calls at once. Whoever enters must leave once. Safe for use by many threads; nothing here waits.
 *
 * <p>The meters have the names and tags of Resilience4j's bulkhead (a test compares them). Not that bulkhead itself: to shrink, it waits until all the places that go are free at one moment.
 */
public final class Concurrency {
    private final AtomicInteger inside = new AtomicInteger();
    private final MeterRegistry registry;
    private final List<Gauge> published;
    private volatile int places;

    /**
     * Makes an empty room and publishes its metrics.
     *
     * @param name the policy's name
     * @param config the numbers
     * @param meters where its metrics go
     */
    public Concurrency(String name, BulkheadConfig config, MeterRegistry meters) {
        this.places = config.places();
        this.registry = meters;
        this.published = List.of(
                gauge(name, PolicyMetric.BULKHEAD_AVAILABLE, room -> Math.max(0, room.places - room.inside.get())),
                gauge(name, PolicyMetric.BULKHEAD_MAX, Concurrency::places));
    }

    private Gauge gauge(String name, PolicyMetric metric, ToDoubleFunction<Concurrency> reading) {
        return metric.gauge(this, reading)
                .strongReference(true)
                .tag("name", name)
                .register(registry);
    }

    /**
     * Takes a place.
     *
     * @return false if there is none
     */
    public boolean enter() {
        while (true) {
            int now = inside.get();
            if (now >= places) {
                return false;
            }
            if (inside.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /** Gives the place back. */
    public void leave() {
        inside.decrementAndGet();
    }

    /**
     * How many places there are.
     *
     * @return the number
     */
    public int places() {
        return places;
    }

    /**
     * Changes the number of places, at once. Calls under way keep theirs, so a smaller room lets nobody in until enough of them have left.
     *
     * @param config the new numbers
     */
    public void change(BulkheadConfig config) {
        places = config.places();
    }

    /** Takes its metrics away. */
    public void close() {
        published.forEach(registry::remove);
    }
}
