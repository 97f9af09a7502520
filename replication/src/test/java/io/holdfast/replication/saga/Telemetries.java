package io.holdfast.replication.saga;

import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;

/** Where a test's metrics and spans go. */
final class Telemetries {
    private Telemetries() {}

    /** Nowhere. */
    static Telemetry none(Environment environment) {
        return of(
                environment, new CompositeMeterRegistry(), TracerProvider.noop().get(""));
    }

    static Telemetry of(Environment environment, MeterRegistry meters, Tracer tracer) {
        return new Telemetry(meters, tracer, new HealthChecks(), new FlightRecorder(environment.wallClock(), 100));
    }
}
