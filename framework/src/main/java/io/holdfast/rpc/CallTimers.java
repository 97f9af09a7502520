package io.holdfast.rpc;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The timers of one method, by outcome; looked up once each. Safe for use by many threads. */
final class CallTimers {
    private static final CallStatus[] ALL = CallStatus.values();

    private final MeterRegistry meters;
    private final RpcMetric metric;
    private final String method;
    private final AtomicReferenceArray<Timer> timers = new AtomicReferenceArray<>(ALL.length);

    CallTimers(MeterRegistry meters, RpcMetric metric, String method) {
        this.meters = meters;
        this.metric = metric;
        this.method = method;
    }

    void record(CallStatus status, long nanos) {
        Timer timer = timers.get(status.ordinal());
        if (timer == null) {
            timer = register(status); // the registry gives the same one to both of two racing threads
            timers.set(status.ordinal(), timer);
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer register(CallStatus status) {
        return metric.timer()
                .tag("rpc.system.name", "holdfast")
                .tag("rpc.method", method)
                .tag("rpc.response.status_code", status.name())
                .tag("error.type", status.errorType())
                .register(meters);
    }
}
