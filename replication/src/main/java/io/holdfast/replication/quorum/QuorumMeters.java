package io.holdfast.replication.quorum;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** The meters of a space, made once. Safe for use by many threads. */
final class QuorumMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Map<QuorumEvent.Count, Counter> counters = new EnumMap<>(QuorumEvent.Count.class);
    private final Counter treeBytes;
    private final Map<Outcome, Timer> reads = new EnumMap<>(Outcome.class);
    private final Map<Outcome, Timer> writes = new EnumMap<>(Outcome.class);
    private final List<Meter> gauges = new ArrayList<>();

    private enum Outcome {
        DONE,
        NOT_APPLIED,
        UNKNOWN,
        UNAVAILABLE,
        OVERLOADED;

        static Outcome of(QuorumResult result) {
            return result instanceof QuorumResult.Failed failed
                    ? valueOf(failed.kind().name())
                    : DONE;
        }
    }

    QuorumMeters(
            MeterRegistry registry, LongSupplier rows, IntSupplier hints, IntSupplier tombstones, IntSupplier missing) {
        this.registry = registry;
        treeBytes = QuorumMetric.TREE_BYTES.counter().register(registry);
        for (QuorumEvent.Count count : QuorumEvent.Count.values()) {
            counters.put(
                    count,
                    QuorumMetric.EVENT
                            .counter()
                            .tag("event", lower(count.name()))
                            .register(registry));
        }
        for (Outcome outcome : Outcome.values()) {
            reads.put(outcome, timer("read", outcome));
            writes.put(outcome, timer("write", outcome));
        }
        gauges.add(QuorumMetric.ROWS.gauge(rows::getAsLong).register(registry));
        gauges.add(QuorumMetric.HINTS.gauge(hints::getAsInt).register(registry));
        gauges.add(QuorumMetric.MISSING.gauge(missing::getAsInt).register(registry));
        gauges.add(QuorumMetric.TOMBSTONES.gauge(tombstones::getAsInt).register(registry));
    }

    private Timer timer(String operation, Outcome outcome) {
        return QuorumMetric.CALL
                .timer()
                .tag("operation", operation)
                .tag("outcome", lower(outcome.name()))
                .register(registry);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    void count(QuorumEvent.Counted counted) {
        Counter counter = counters.get(counted.what());
        if (counter != null) {
            counter.increment(counted.by());
        }
    }

    void sentOfTrees(int bytes) {
        treeBytes.increment(bytes);
    }

    void called(boolean write, QuorumResult result, long nanos) {
        Timer timer = (write ? writes : reads).get(Outcome.of(result));
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void close() {
        gauges.forEach(registry::remove);
    }
}
