package io.holdfast.rpc;

import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.slo.SloBook;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A client's method whose calls an objective counts, from the caller's first step to the answer that it gets: retries, hedges and fallbacks included. Safe for use by many threads. */
final class MeasuredMethod {
    private final ClientMethod method;
    private final String service;
    private final SloBook slos;
    private final MonotonicClock clock;

    MeasuredMethod(ClientMethod method, String service, SloBook slos, MonotonicClock clock) {
        this.method = method;
        this.service = service;
        this.slos = slos;
        this.clock = clock;
    }

    @Nullable Object call(Object proxy, Object @Nullable [] arguments) throws Exception {
        long startNanos = clock.nanoTime();
        Object result;
        try {
            result = method.call(proxy, arguments);
        } catch (Throwable e) {
            ended(e, startNanos);
            throw e;
        }
        if (result instanceof CompletionStage<?> stage) {
            stage.whenComplete((value, error) -> ended(error, startNanos));
        } else {
            ended(null, startNanos);
        }
        return result;
    }

    private void ended(@Nullable Throwable error, long startNanos) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        CallStatus status = CallStatus.of(cause);
        if (status == CallStatus.CANCELLED || cause instanceof CancellationException) {
            return; // its caller gave up: that says nothing of the service
        }
        boolean answered =
                status == CallStatus.OK || status == CallStatus.DECLARED || status == CallStatus.PERMISSION_DENIED;
        slos.record(service, answered, clock.nanoTime() - startNanos);
    }
}
