package io.holdfast.circuitbreaker.resilience4j;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToDoubleFunction;

/**
 * The meters of a breaker with the names and tags of Resilience4j's own binder (a test compares them). Not that binder itself: it listens to the events of calls, which costs
 * a call an event object and a reading of the time of day, about 110 ns and 160 bytes. Stays when the breaker is replaced by one with other numbers.
 */
final class BreakerMeters {
    private final MeterRegistry registry;
    private final String name;
    private final AtomicReference<CircuitBreaker> current;
    private final List<Meter> published = new ArrayList<>();
    private final Timer successful;
    private final Timer failed;
    private final Timer ignored;
    private final Counter notPermitted;

    BreakerMeters(MeterRegistry registry, CircuitBreaker breaker) {
        this.registry = registry;
        this.name = breaker.getName();
        this.current = new AtomicReference<>(breaker);
        for (CircuitBreaker.State state : CircuitBreaker.State.values()) {
            String tag = state.name().toLowerCase(Locale.ROOT);
            gauge(PolicyMetric.BREAKER_STATE, "state", tag, b -> b.getState() == state ? 1 : 0);
        }
        gauge(
                PolicyMetric.BREAKER_BUFFERED,
                "kind",
                "failed",
                b -> b.getMetrics().getNumberOfFailedCalls());
        gauge(
                PolicyMetric.BREAKER_BUFFERED,
                "kind",
                "successful",
                b -> b.getMetrics().getNumberOfSuccessfulCalls());
        gauge(PolicyMetric.BREAKER_SLOW, "kind", "failed", b -> b.getMetrics().getNumberOfSlowFailedCalls());
        gauge(
                PolicyMetric.BREAKER_SLOW,
                "kind",
                "successful",
                b -> b.getMetrics().getNumberOfSlowSuccessfulCalls());
        gauge(PolicyMetric.BREAKER_FAILURE_RATE, "", "", b -> b.getMetrics().getFailureRate());
        gauge(PolicyMetric.BREAKER_SLOW_RATE, "", "", b -> b.getMetrics().getSlowCallRate());
        successful = timer("successful");
        failed = timer("failed");
        ignored = timer("ignored");
        notPermitted = PolicyMetric.BREAKER_NOT_PERMITTED
                .counter()
                .tag("name", name)
                .tag("kind", "not_permitted")
                .register(registry);
        published.add(notPermitted);
    }

    private void gauge(PolicyMetric metric, String tag, String value, ToDoubleFunction<CircuitBreaker> reading) {
        Gauge.Builder<?> gauge = metric.gauge(current, c -> reading.applyAsDouble(c.get()))
                .strongReference(true)
                .tag("name", name);
        published.add((tag.isEmpty() ? gauge : gauge.tag(tag, value)).register(registry));
    }

    private Timer timer(String kind) {
        Timer timer = PolicyMetric.BREAKER_CALLS
                .timer()
                .tag("name", name)
                .tag("kind", kind)
                .register(registry);
        published.add(timer);
        return timer;
    }

    void follow(CircuitBreaker next) {
        current.set(next);
    }

    void succeeded(long nanos) {
        successful.record(nanos, TimeUnit.NANOSECONDS);
    }

    void failed(long nanos) {
        failed.record(nanos, TimeUnit.NANOSECONDS);
    }

    void withdrawn(long nanos) {
        ignored.record(nanos, TimeUnit.NANOSECONDS);
    }

    void refused() {
        notPermitted.increment();
    }

    void close() {
        published.forEach(registry::remove);
    }
}
