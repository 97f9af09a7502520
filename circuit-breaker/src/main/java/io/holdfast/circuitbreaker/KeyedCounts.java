package io.holdfast.circuitbreaker;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts how kept results and calls of others answered. Safe for use by many threads. */
final class KeyedCounts {
    private final LongAdder fresh = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder staleOnError = new LongAdder();
    private final LongAdder missed = new LongAdder();
    private final LongAdder renewalFailed = new LongAdder();
    private final LongAdder coalesced = new LongAdder();
    private final List<Meter> published = new ArrayList<>(); // guarded by this
    private final String name;
    private final MeterRegistry meters;

    KeyedCounts(String name, MeterRegistry meters) {
        this.name = name;
        this.meters = meters;
    }

    /** Some pipeline of the policy keeps results or waits for others' calls. */
    synchronized void publish() {
        if (!published.isEmpty()) {
            return;
        }
        publish("fresh", fresh);
        publish("stale", stale);
        publish("stale_on_error", staleOnError);
        publish("miss", missed);
        publish("renewal_failed", renewalFailed);
        published.add(ResilienceMetric.COALESCED
                .counter(coalesced, LongAdder::sum)
                .tag("name", name)
                .register(meters));
    }

    private void publish(String result, LongAdder count) {
        published.add(ResilienceMetric.CACHE
                .counter(count, LongAdder::sum)
                .tag("name", name)
                .tag("result", result)
                .register(meters));
    }

    void fresh() {
        fresh.increment();
    }

    void stale() {
        stale.increment();
    }

    void staleOnError() {
        staleOnError.increment();
    }

    void missed() {
        missed.increment();
    }

    void renewalFailed() {
        renewalFailed.increment();
    }

    void coalesced() {
        coalesced.increment();
    }

    synchronized void close() {
        published.forEach(meters::remove);
    }
}
