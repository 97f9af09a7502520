package io.holdfast.transport;

import io.holdfast.core.telemetry.MetricName;
import java.util.List;

/** The metrics of this module. */
public enum TransportMetric implements MetricName {
    /** Open connections. */
    CONNECTIONS("holdfast.transport.connections", Kind.GAUGE, "Open connections after hello.", "direction=in|out"),
    /** Bytes on the wire. */
    BYTES("holdfast.transport.bytes", Kind.COUNTER, "Bytes of frames, before TLS.", "direction=in|out"),
    /** What waits to be written. */
    QUEUED("holdfast.transport.queued", Kind.GAUGE, "Bytes of messages that wait to be written, over all connections."),
    /** Connections that failed before both sides had said hello. */
    HANDSHAKE_FAILURES(
            "holdfast.transport.handshake.failures",
            Kind.COUNTER,
            "Connections that failed before both sides had said hello.",
            "reason=cluster|version|identity|full|timeout|evicted|tls|malformed|closed"),
    /** Messages that were dropped or refused. */
    DROPPED(
            "holdfast.transport.dropped",
            Kind.COUNTER,
            "Messages that were refused or dropped.",
            "reason=queue_full|in_flight|no_route|draining|malformed"),
    /** HTTP connections. */
    HTTP_CONNECTIONS("holdfast.http.connections", Kind.GAUGE, "Open HTTP connections.", "endpoint=<configured name>"),
    /** HTTP responses that the endpoint gave by itself. */
    HTTP_REFUSED(
            "holdfast.http.refused",
            Kind.COUNTER,
            "HTTP requests that were refused before a handler saw them.",
            "endpoint=<configured name>",
            "status=400|408|413|414|431|503");

    private final String metric;
    private final Kind kind;
    private final String description;
    private final List<String> tags;

    TransportMetric(String metric, Kind kind, String description, String... tags) {
        this.metric = metric;
        this.kind = kind;
        this.description = description;
        this.tags = List.of(tags);
    }

    @Override
    public String metric() {
        return metric;
    }

    @Override
    public Kind kind() {
        return kind;
    }

    @Override
    public List<String> tags() {
        return tags;
    }

    @Override
    public String description() {
        return description;
    }
}
