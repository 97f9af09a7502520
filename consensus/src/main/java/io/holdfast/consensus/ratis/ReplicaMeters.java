package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.RaftMetric;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.apache.ratis.metrics.Timekeeper;
import org.jspecify.annotations.Nullable;

/** What one replica shows. */
final class ReplicaMeters implements AutoCloseable {
    private final Wiring wiring;
    private final MeterRegistry registry;
    private final Timer applied;
    private final Timer notApplied;
    private final Timer unknown;
    private final Timer overloaded;
    private final Timer sync;
    private final Timer written;
    private final Timer failed;
    private final Counter elections;
    private final Counter alarms;
    private volatile List<Meter> gauges = List.of();

    ReplicaMeters(Wiring wiring) {
        this.wiring = wiring;
        this.registry = wiring.node().telemetry().meters();
        this.applied = timer(RaftMetric.APPEND, "result", "applied");
        this.notApplied = timer(RaftMetric.APPEND, "result", "not_applied");
        this.unknown = timer(RaftMetric.APPEND, "result", "unknown");
        this.overloaded = timer(RaftMetric.APPEND, "result", "overloaded");
        this.sync = timer(RaftMetric.SYNC);
        this.written = timer(RaftMetric.SNAPSHOT, "result", "written");
        this.failed = timer(RaftMetric.SNAPSHOT, "result", "failed");
        this.elections = counter(RaftMetric.ELECTIONS);
        this.alarms = counter(RaftMetric.ALARMS);
    }

    private Timer timer(RaftMetric metric, String... tags) {
        return metric.timer().tag("group", wiring.group().value()).tags(tags).register(registry);
    }

    private Counter counter(RaftMetric metric) {
        return metric.counter().tag("group", wiring.group().value()).register(registry);
    }

    /** Gauges belong to one life of a replica; they go with it. */
    void showStatus(Supplier<ReplicaStatus> status) {
        gauges = List.of(
                gauge(RaftMetric.TERM, status, ReplicaStatus::term),
                gauge(RaftMetric.LEADER, status, s -> s.role() == RaftRole.LEADER ? 1 : 0),
                gauge(RaftMetric.COMMITTED, status, ReplicaStatus::committed),
                gauge(RaftMetric.APPLIED, status, ReplicaStatus::applied));
    }

    private Meter gauge(RaftMetric metric, Supplier<ReplicaStatus> status, ToDoubleFunction<ReplicaStatus> value) {
        return metric.gauge(() -> value.applyAsDouble(status.get()))
                .tag("group", wiring.group().value())
                .register(registry);
    }

    void appended(long sinceNanos, @Nullable Throwable failure) {
        Timer timer = failure == null
                ? applied
                : failure instanceof NotAppliedException
                        ? notApplied
                        : failure instanceof OverloadedException ? overloaded : unknown;
        timer.record(wiring.nowNanos() - sinceNanos, TimeUnit.NANOSECONDS);
    }

    Timekeeper.Context startSync() {
        long start = wiring.nowNanos();
        return () -> {
            long took = wiring.nowNanos() - start;
            sync.record(took, TimeUnit.NANOSECONDS);
            return took;
        };
    }

    void election() {
        elections.increment();
    }

    void alarm() {
        alarms.increment();
    }

    void snapshot(long sinceNanos, boolean success) {
        (success ? written : failed).record(wiring.nowNanos() - sinceNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        gauges.forEach(registry::remove);
    }
}
