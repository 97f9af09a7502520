package io.holdfast.rpc;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.env.MonotonicClock;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what a method threw that its contract does not declare: each failure in a line with its correlation id, and at most once a second with the stack trace. A service in trouble would spend its time
 * on writing the same trace and bury its first cause. Failures of calls below come without a trace: their own node has logged it. Safe for use by many threads.
 */
final class FailureLog {
    private static final Logger log = LoggerFactory.getLogger(ServiceServer.class);
    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final String method;
    private final MonotonicClock clock;
    private final AtomicLong tracedNanos;

    FailureLog(String method, MonotonicClock clock) {
        this.method = method;
        this.clock = clock;
        this.tracedNanos = new AtomicLong(clock.nanoTime() - INTERVAL_NANOS);
    }

    void failed(Throwable error, String correlationId) {
        if (error instanceof HoldfastException || !isTraced()) {
            log.warn("{} failed, correlation id {}: {}", method, correlationId, error.toString());
        } else {
            log.warn("{} failed, correlation id {}", method, correlationId, error);
        }
    }

    private boolean isTraced() {
        long now = clock.nanoTime();
        long traced = tracedNanos.get();
        return now - traced >= INTERVAL_NANOS && tracedNanos.compareAndSet(traced, now);
    }
}
