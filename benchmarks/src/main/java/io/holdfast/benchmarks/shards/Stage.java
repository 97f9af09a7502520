package io.holdfast.benchmarks.shards;

import io.holdfast.benchmarks.run.Options;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.List;

/** A new cluster under load. For use by one thread. */
final class Stage implements AutoCloseable {
    private final Environment environment;
    private final ShardCluster cluster;
    private final Load load;

    Stage(Environment environment, Options options) {
        this.environment = environment;
        this.cluster = ShardCluster.start(environment, ClusterPlan.of(options));
        this.load = new Load(
                environment,
                cluster.client().entities(),
                options.number("keys"),
                options.number("rate"),
                options.number("write-percent"));
        load.start();
        pass(Duration.ofSeconds(options.number("warm-seconds")));
        load.take();
    }

    ShardCluster cluster() {
        return cluster;
    }

    Load load() {
        return load;
    }

    long now() {
        return environment.clock().nanoTime();
    }

    void pass(Duration time) {
        cluster.pass(time);
    }

    /** Nodes in turn. */
    String victim(int turn) {
        List<String> running = List.copyOf(cluster.running());
        return running.get(turn % running.size());
    }

    /** Ends the load, reads every entity once more and gives the verdict on all that was seen. */
    void judge(String run, Bars bars) {
        load.stop();
        load.audit();
        bars.faults(run, load.faults());
        if (load.notSent() > 0) {
            bars.row(run, "calls not sent, since 15,000 waited", Long.toString(load.notSent()));
        }
    }

    @Override
    public void close() {
        load.stop();
        cluster.close();
    }
}
