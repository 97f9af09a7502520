package io.holdfast.transport.netty;

import io.holdfast.transport.TransportMetric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** Counts what an HTTP endpoint refuses. Safe for use by many threads. */
final class HttpMeters {
    private final MeterRegistry registry;
    private final String endpoint;

    HttpMeters(MeterRegistry registry, String endpoint) {
        this.registry = registry;
        this.endpoint = endpoint;
    }

    void connections(Supplier<Number> count) {
        Gauge.builder(TransportMetric.HTTP_CONNECTIONS.metric(), count)
                .description(TransportMetric.HTTP_CONNECTIONS.description())
                .tag("endpoint", endpoint)
                .strongReference(true)
                .register(registry);
    }

    void refused(int status) {
        Counter.builder(TransportMetric.HTTP_REFUSED.metric())
                .description(TransportMetric.HTTP_REFUSED.description())
                .tag("endpoint", endpoint)
                .tag("status", Integer.toString(status))
                .register(registry)
                .increment();
    }
}
