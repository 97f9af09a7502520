package io.holdfast.transport;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of this module. */
public enum TransportMetric implements MetricName {
    /** Open connections. */
    CONNECTIONS(
            MetricSpec.gauge("holdfast.transport.connections", "Open connections after hello.", "direction=in|out")),
    /** Bytes on the wire. */
    BYTES(MetricSpec.counter("holdfast.transport.bytes", "Bytes of frames, before TLS.", "direction=in|out")),
    /** What waits to be written. */
    QUEUED(MetricSpec.gauge(
            "holdfast.transport.queued", "Bytes of messages that wait to be written, over all connections.")),
    /** Connections that failed before both sides had said hello. */
    HANDSHAKE_FAILURES(MetricSpec.counter(
            "holdfast.transport.handshake.failures",
            "Connections that failed before both sides had said hello.",
            "reason=cluster|version|identity|full|timeout|evicted|tls|malformed|closed")),
    /** Messages that were dropped or refused. */
    DROPPED(MetricSpec.counter(
            "holdfast.transport.dropped",
            "Messages that were refused or dropped.",
            "reason=queue_full|in_flight|no_route|draining|malformed")),
    /** HTTP connections. */
    HTTP_CONNECTIONS(
            MetricSpec.gauge("holdfast.http.connections", "Open HTTP connections.", "endpoint=<configured name>")),
    /** HTTP responses that the endpoint gave by itself. */
    HTTP_REFUSED(MetricSpec.counter(
            "holdfast.http.refused",
            "HTTP requests that were refused before a handler saw them.",
            "endpoint=<configured name>",
            "status=400|408|413|414|431|503"));

    private final MetricSpec spec;

    TransportMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }
}
