/**
 * What a node tells of itself: metrics ({@link io.holdfast.core.telemetry.Telemetry}), health
 * ({@link io.holdfast.core.telemetry.HealthCheck}) and decisions ({@link io.holdfast.core.telemetry.FlightRecorder}).
 */
@NullMarked
package io.holdfast.core.telemetry;

import org.jspecify.annotations.NullMarked;
