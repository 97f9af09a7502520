package io.holdfast.core.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;

/**
 * Where a node's metrics, traces, health and decisions go. Safe for use by many threads.
 *
 * @param meters the metrics
 * @param tracer the traces
 * @param health the health contributors
 * @param recorder the flight recorder
 */
public record Telemetry(MeterRegistry meters, Tracer tracer, HealthChecks health, FlightRecorder recorder) {}
