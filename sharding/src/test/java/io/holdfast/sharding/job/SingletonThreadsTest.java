package io.holdfast.sharding.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.sharding.MapTable;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.ShardMap;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A service on real threads, whose shard goes without a word before. */
class SingletonThreadsTest {
    private static final ShardMap MAP = ShardMap.empty("shards", 16);

    private final Environment environment = Environment.system();
    private final ReplicatedTable table = new MapTable("default", Runnable::run);
    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final ShardJobs jobs = ShardJobs.start(
            environment,
            new ShardJobs.Scope(NodeId.of("a"), () -> Optional.of(MAP), shard -> table),
            new Telemetry(
                    new SimpleMeterRegistry(),
                    OpenTelemetry.noop().getTracer("test"),
                    new HealthChecks(),
                    new FlightRecorder(environment.wallClock(), 10)));
    private final int shard = MAP.shardOf("singleton/mailer");

    @AfterEach
    void end() {
        jobs.close();
        environment.close();
    }

    private record Held(int shard, Epoch epoch, ReplicatedTable table) implements Tenure {
        @Override
        public ReplicatedTable.Condition fence() {
            return new ReplicatedTable.Condition("f/" + shard, 1);
        }

        @Override
        public boolean holds() {
            return true;
        }
    }

    private void serve() throws InterruptedException {
        jobs.singleton("mailer", new SingletonService() {
            @Override
            public void start(Tenure tenure) {
                events.add("start");
            }

            @Override
            public void stop() throws InterruptedException {
                Thread.sleep(1); // as anything that blocks, it would notice an interrupt
                events.add("stopped");
            }
        });
        jobs.serve(shard, new Held(shard, new Epoch(1), table));
        assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("start");
    }

    @Test
    void aServiceWhoseShardIsLostStopsUndisturbed() throws Exception {
        serve();
        jobs.stop(shard);
        assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("stopped");
    }

    @Test
    void aServiceHasStoppedWhenItsNodeHasClosed() throws Exception {
        serve();
        jobs.stop(shard); // as the shards do when they close before
        jobs.close();
        assertThat(events).containsExactly("stopped");
    }
}
