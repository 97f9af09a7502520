package io.holdfast.transport.netty;

import io.holdfast.transport.TransportMetric;
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
        TransportMetric.HTTP_CONNECTIONS.gauge(count).tag("endpoint", endpoint).register(registry);
    }

    void refused(int status) {
        TransportMetric.HTTP_REFUSED
                .counter()
                .tag("endpoint", endpoint)
                .tag("status", Integer.toString(status))
                .register(registry)
                .increment();
    }
}
