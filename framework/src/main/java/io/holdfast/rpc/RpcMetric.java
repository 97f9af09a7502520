package io.holdfast.rpc;

import io.holdfast.core.telemetry.MetricName;
import java.util.List;

/** The metrics of calls, by the OpenTelemetry conventions for RPC. */
public enum RpcMetric implements MetricName {
    /** Calls made. */
    CLIENT_DURATION(
            "rpc.client.call.duration",
            Kind.TIMER,
            "how long an attempt of a call took at the caller, in seconds; its count is the number of attempts"),
    /** Calls served. */
    SERVER_DURATION(
            "rpc.server.call.duration",
            Kind.TIMER,
            "how long a call took at the service, waiting for a thread included, in seconds"),
    /** Calls under way. */
    SERVER_ACTIVE("holdfast.rpc.server.active", Kind.GAUGE, "calls that this node serves now");

    private static final List<String> CALL_TAGS = List.of(
            "rpc.system.name=holdfast",
            "rpc.method=<service>/<method>",
            "rpc.response.status_code=OK|DECLARED|INTERNAL|UNAVAILABLE|OVERLOADED|DEADLINE_EXCEEDED|CANCELLED|UNKNOWN|UNIMPLEMENTED|DATA_LOSS|PERMISSION_DENIED",
            "error.type=<the status in lower case, empty when OK>");

    private final String metric;
    private final Kind kind;
    private final String description;

    RpcMetric(String metric, Kind kind, String description) {
        this.metric = metric;
        this.kind = kind;
        this.description = description;
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
        return kind == Kind.TIMER ? CALL_TAGS : List.of();
    }

    @Override
    public String description() {
        return description;
    }
}
