package io.holdfast.sharding.job;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.cluster.ReplicatedTable.Condition;
import io.holdfast.core.env.Environment;
import io.holdfast.core.loop.Outbox;
import io.holdfast.core.loop.Protocol;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.testkit.sim.SimHost;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/** One life of a node that is told of shards by {@link JobCluster}, and fences them as the real runtime does. */
final class JobNode implements Protocol<Object, Object, Object, Object> {
    static final int SHARDS = 16;
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);

    final SimHost host;
    final ReplicatedTable table;
    final SimRunner runner;
    final ShardJobs jobs;
    /** What this node has read. */
    Optional<ShardMap> map = Optional.of(ShardMap.empty("shards", SHARDS));

    private final ExecutorService turns;
    private final Map<Integer, Long> served = new HashMap<>();

    JobNode(SimHost host, ReplicatedTable table) {
        Environment environment = host.environment();
        this.host = host;
        this.table = table;
        this.runner = new SimRunner(environment);
        this.turns = environment.threads().serial("turns", 1000);
        Telemetry telemetry = new Telemetry(
                new SimpleMeterRegistry(),
                OpenTelemetry.noop().getTracer("test"),
                new HealthChecks(),
                new FlightRecorder(environment.wallClock(), 10));
        this.jobs = new ShardJobs(
                environment, new ShardJobs.Scope(host.id(), () -> map, shard -> table), telemetry, runner, () -> {});
    }

    private record Held(int shard, Epoch epoch, ReplicatedTable table, Condition fence) implements Tenure {
        @Override
        public boolean holds() {
            return true;
        }
    }

    /** Fences the shard, then serves it, unless a later epoch has. */
    void take(int shard, long epoch) {
        turns.execute(() -> fence(shard, epoch));
    }

    private void fence(int shard, long epoch) {
        String key = "f/" + shard;
        table.get(key, ReadConsistency.LINEARIZABLE, deadline()).whenComplete((row, error) -> {
            long now = row == null ? 0 : epochOf(row);
            if (error != null) {
                again(shard, epoch);
            } else if (now == epoch) {
                Condition fence = new Condition(key, row.orElseThrow().version());
                served.put(shard, epoch);
                jobs.serve(shard, new Held(shard, new Epoch(epoch), table, fence));
            } else if (now < epoch) {
                long version = row.map(ReplicatedTable.Row::version).orElse(0L);
                byte[] value = ByteBuffer.allocate(8).putLong(epoch).array();
                table.commit(List.of(new Condition(key, version)), List.of(Change.put(key, value)), deadline())
                        .whenComplete((done, failed) -> fence(shard, epoch));
            }
        });
    }

    private void again(int shard, long epoch) {
        host.environment().scheduler().schedule(Duration.ofMillis(50), () -> fence(shard, epoch));
    }

    private static long epochOf(Optional<ReplicatedTable.Row> row) {
        return row.map(found -> ByteBuffer.wrap(found.value()).getLong()).orElse(0L);
    }

    /** Gives the shard away: drains, stops after the limit, and tells. */
    void release(int shard, Runnable then) {
        turns.execute(() -> {
            served.remove(shard);
            List<Runnable> once = new ArrayList<>(List.of(() -> {
                jobs.stop(shard);
                then.run();
            }));
            Runnable end = () -> {
                if (!once.isEmpty()) {
                    once.remove(0).run();
                }
            };
            jobs.drain(shard).whenComplete((any, error) -> end.run());
            host.environment().scheduler().schedule(DRAIN_LIMIT, end);
        });
    }

    /** It learns that another has the shard by a later epoch. */
    void lose(int shard, long epoch) {
        turns.execute(() -> {
            if (served.getOrDefault(shard, Long.MAX_VALUE) < epoch) {
                served.remove(shard);
                jobs.stop(shard);
            }
        });
    }

    Deadline deadline() {
        return Deadline.after(host.environment().clock().nanoTime(), Duration.ofSeconds(1));
    }

    @Override
    public void onStart(long nowNanos, Outbox<Object, Object, Object> out) {}

    @Override
    public void onRequest(Object request, long nowNanos, Outbox<Object, Object, Object> out) {}

    @Override
    public void onMessage(Address from, Object message, long nowNanos, Outbox<Object, Object, Object> out) {}

    @Override
    public void onTimer(Object timer, long nowNanos, Outbox<Object, Object, Object> out) {}
}
