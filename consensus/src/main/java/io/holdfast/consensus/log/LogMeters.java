package io.holdfast.consensus.log;

import io.holdfast.core.GroupId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.telemetry.Telemetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The meters of {@link LogMetric} for one group. */
final class LogMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final String group;
    private final DistributionSummary entries;
    private final DistributionSummary batches;
    private final Counter passed;
    private final Counter refused;
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();
    private @Nullable Gauge queued;

    LogMeters(Telemetry telemetry, GroupId group) {
        this.registry = telemetry.meters();
        this.group = group.value();
        this.entries = LogMetric.ENTRY.summary().tag("group", this.group).register(registry);
        this.batches = LogMetric.BATCH.summary().tag("group", this.group).register(registry);
        this.passed = probe("passed");
        this.refused = probe("refused");
    }

    private Counter probe(String result) {
        return LogMetric.PROBE
                .counter()
                .tag("group", group)
                .tag("result", result)
                .register(registry);
    }

    /** The queue lives as long as its log: it is taken out on close. */
    void queue(IntSupplier size) {
        queued = LogMetric.QUEUED
                .gauge(size, IntSupplier::getAsInt)
                .tag("group", group)
                .register(registry);
    }

    void appended(int commands) {
        entries.record(commands);
    }

    void sent(int commands) {
        batches.record(commands);
    }

    void probed(boolean safe) {
        (safe ? passed : refused).increment();
    }

    void committed(long nanos, @Nullable Throwable error) {
        String result = error == null
                ? "done"
                : error instanceof NotAppliedException
                        ? "not_applied"
                        : error instanceof OverloadedException ? "overloaded" : "unknown";
        timers.computeIfAbsent(result, key -> timer(LogMetric.COMMIT, "result", key))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    void read(ReadConsistency consistency, long nanos, @Nullable Throwable error) {
        String level = level(consistency);
        String result = error == null ? "done" : "unavailable";
        timers.computeIfAbsent(level + result, key -> timer(LogMetric.READ, "consistency", level, "result", result))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    private static String level(ReadConsistency consistency) {
        if (consistency instanceof ReadConsistency.Linearizable) {
            return "linearizable";
        }
        if (consistency instanceof ReadConsistency.AtLeast) {
            return "at_least";
        }
        return consistency instanceof ReadConsistency.Bounded ? "bounded" : "local";
    }

    private Timer timer(LogMetric metric, String... tags) {
        return metric.timer().tag("group", group).tags(tags).register(registry);
    }

    /** The registry keeps no gauge of a closed log. */
    @Override
    public void close() {
        if (queued != null) {
            registry.remove(queued);
        }
    }
}
