package io.holdfast.benchmarks.shards;

import io.holdfast.HoldfastNode;
import io.holdfast.benchmarks.run.Medians;
import io.holdfast.benchmarks.run.Options;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What an entity's call costs beside a plain service call and a consensus write: one at a time, all kinds in turn, median over the rounds. */
final class CallRun {
    private static final double BAR = 1.5;

    private final List<Double> plain = new ArrayList<>();
    private final List<Double> put = new ArrayList<>();
    private final List<Double> write = new ArrayList<>();
    private final List<Double> read = new ArrayList<>();
    private final List<Double> readOfAll = new ArrayList<>();
    private final List<Double> ownRead = new ArrayList<>();
    private final List<Double> ownWrite = new ArrayList<>();

    private CallRun() {}

    static void run(Environment environment, ShardCluster cluster, Options options, Bars bars) {
        CallRun run = new CallRun();
        warm(environment, cluster, Duration.ofSeconds(options.number("call-warm-seconds")));
        for (int i = 0; i < options.number("call-rounds"); i++) {
            String other = cluster.founders().get(i % cluster.founders().size());
            run.round(environment, cluster, other, options.number("call-seconds"));
        }
        run.judge(bars);
    }

    /** All nodes do what is measured later, so that none compiles when it is. */
    private static void warm(Environment environment, ShardCluster cluster, Duration time) {
        HoldfastNode client = cluster.client();
        OneByOne calls = OneByOne.of(environment, client, owner -> true, time.dividedBy(6));
        ReplicatedMap<String, Long> map = client.map("bench", String.class, Long.class);
        List<Plain> services = cluster.founders().stream()
                .map(node -> client.client(Plain.class, NodeId.of(node)))
                .toList();
        calls.warm(i -> services.get(i % services.size()).add(i));
        calls.warm(i -> map.putAsync("k" + i % 200, (long) i));
        calls.writes();
        calls.reads();
    }

    private void round(Environment environment, ShardCluster cluster, String other, int seconds) {
        HoldfastNode client = cluster.client();
        Plain service = client.client(Plain.class, NodeId.of(other));
        ReplicatedMap<String, Long> map = client.map("bench", String.class, Long.class);
        Duration time = Duration.ofSeconds(seconds);
        OneByOne calls = OneByOne.of(environment, client, other::equals, time); // the node of the plain call
        OneByOne ofAll = OneByOne.of(environment, client, owner -> true, time);
        plain.add(calls.measure(i -> service.add(i)));
        put.add(calls.measure(i -> map.putAsync("k" + i % 200, (long) i)));
        write.add(calls.writes());
        read.add(calls.reads());
        readOfAll.add(ofAll.reads());
        cluster.life(other).jvm().tell("local " + seconds);
        String[] own = cluster.life(other)
                .jvm()
                .await("local", Duration.ofSeconds(60 + 4L * seconds))
                .text()
                .split(" ", -1);
        ownRead.add(Double.parseDouble(own[0]));
        ownWrite.add(Double.parseDouble(own[1]));
    }

    private void judge(Bars bars) {
        double both = Medians.of(plain) + Medians.of(put);
        double ratio = Medians.of(write) / both;
        bars.row("call", "a plain service call, p50", micros(plain));
        bars.row("call", "a consensus put from the same node, p50", micros(put));
        bars.row(
                "call",
                "entity write from a node that does not own, p50",
                Bars.text("%s: %.2fx of both", micros(write), ratio),
                "<= 1.5x",
                ratio <= BAR);
        bars.row("call", "entity read from a node that does not own, p50", micros(read));
        bars.row("call", "the same, owners in turn, p50", micros(readOfAll));
        bars.row("call", "entity read on its owner, p50", micros(ownRead));
        bars.row("call", "entity write on its owner, p50", micros(ownWrite));
    }

    private static String micros(List<Double> values) {
        return Bars.text("%.0f us", Medians.of(values));
    }
}
