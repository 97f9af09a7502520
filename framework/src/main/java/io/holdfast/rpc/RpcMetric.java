package io.holdfast.rpc;

import io.holdfast.core.telemetry.MetricName;
import io.holdfast.core.telemetry.MetricSpec;

/** The metrics of calls, by the OpenTelemetry conventions for RPC. */
public enum RpcMetric implements MetricName {
    /** Calls made. */
    CLIENT_DURATION(callTimer(
            "rpc.client.call.duration",
            "how long an attempt of a call took at the caller, in seconds; its count is the number of attempts")),
    /** Calls served. */
    SERVER_DURATION(callTimer(
            "rpc.server.call.duration",
            "how long a call took at the service, waiting for a thread included, in seconds")),
    /** Calls under way. */
    SERVER_ACTIVE(MetricSpec.gauge("holdfast.rpc.server.active", "calls that this node serves now"));

    private final MetricSpec spec;

    RpcMetric(MetricSpec spec) {
        this.spec = spec;
    }

    @Override
    public MetricSpec spec() {
        return spec;
    }

    private static MetricSpec callTimer(String metric, String description) {
        return MetricSpec.timer(
                metric,
                description,
                "rpc.system.name=holdfast",
                "rpc.method=<service>/<method>",
                "rpc.response.status_code=OK|DECLARED|INTERNAL|UNAVAILABLE|OVERLOADED|DEADLINE_EXCEEDED|CANCELLED|UNKNOWN|UNIMPLEMENTED|DATA_LOSS|PERMISSION_DENIED",
                "error.type=<the status in lower case, empty when OK>");
    }
}
