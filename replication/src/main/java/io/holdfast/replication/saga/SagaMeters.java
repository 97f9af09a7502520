package io.holdfast.replication.saga;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What sagas count. The registry finds each meter by its name and tags, which are those of registered definitions. Safe for use by many threads. */
final class SagaMeters {
    private final MeterRegistry registry;
    private final Map<SagaView.Status, AtomicLong> alive = new EnumMap<>(SagaView.Status.class);

    SagaMeters(MeterRegistry registry) {
        this.registry = registry;
        for (SagaView.Status status : SagaView.Status.values()) {
            if (!status.isEnded()) {
                AtomicLong count = new AtomicLong();
                alive.put(status, count);
                SagaMetric.ALIVE
                        .gauge(count, AtomicLong::get)
                        .tag("state", tag(status))
                        .strongReference(true)
                        .register(registry);
            }
        }
    }

    /** How many attempts run and wait. */
    void watch(StepDesk desk) {
        SagaMetric.STEPS.gauge(desk, StepDesk::running).tag("state", "running").register(registry);
        SagaMetric.STEPS.gauge(desk, StepDesk::waiting).tag("state", "waiting").register(registry);
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** A saga of this node is in another state; null is none. */
    void moved(SagaView.@Nullable Status from, SagaView.@Nullable Status to) {
        if (from != null && !from.isEnded()) {
            Objects.requireNonNull(alive.get(from), "one for each").decrementAndGet();
        }
        if (to != null && !to.isEnded()) {
            Objects.requireNonNull(alive.get(to), "one for each").incrementAndGet();
        }
    }

    void started(String definition) {
        SagaMetric.STARTED
                .counter()
                .tag("definition", definition)
                .register(registry)
                .increment();
    }

    void ended(SagaRecord.Ended end, long endedMillis) {
        SagaMetric.DURATION
                .timer()
                .tag("definition", end.definition())
                .tag("outcome", tag(end.outcome()))
                .register(registry)
                .record(Duration.ofMillis(Math.max(0, endedMillis - end.startedMillis())));
    }

    void attempted(Invocation invocation, String result, long nanos) {
        SagaMetric.STEP
                .timer()
                .tag("definition", invocation.plan().name())
                .tag("direction", tag(invocation.direction()))
                .tag("result", result)
                .register(registry)
                .record(Duration.ofNanos(nanos));
    }

    void committed(boolean inDoubt, long nanos) {
        SagaMetric.COMMIT
                .timer()
                .tag("how", inDoubt ? "after_doubt" : "at_once")
                .register(registry)
                .record(Duration.ofNanos(nanos));
    }

    void resumed(long nanos) {
        SagaMetric.RESUME.timer().register(registry).record(Duration.ofNanos(nanos));
    }
}
