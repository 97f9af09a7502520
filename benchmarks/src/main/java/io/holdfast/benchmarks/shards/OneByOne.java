package io.holdfast.benchmarks.shards;

import io.holdfast.HoldfastNode;
import io.holdfast.benchmarks.run.Latencies;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Calls one after the other, from one thread. */
final class OneByOne {
    private static final int KEYS = 200;

    private final Environment environment;
    private final List<Tally> tallies;
    private final Duration time;

    private OneByOne(Environment environment, List<Tally> tallies, Duration time) {
        this.environment = environment;
        this.tallies = tallies;
        this.time = time;
    }

    /** On entities that a node owns, or that it does not own. They are others than those of the load. */
    private static OneByOne of(Environment environment, HoldfastNode node, String name, Duration time, boolean own) {
        List<String> owners = ShardView.of(node.admin()).owners();
        List<Tally> tallies = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "one-by-one-" + i)
                .filter(key -> owners.get(Load.shard(key)).equals(name) == own)
                .limit(KEYS)
                .map(key -> node.entities().ref(Tally.class, key))
                .toList();
        return new OneByOne(environment, tallies, time);
    }

    static OneByOne own(Environment environment, HoldfastNode node, String name, Duration time) {
        return of(environment, node, name, time, true);
    }

    static OneByOne others(Environment environment, HoldfastNode node, String name, Duration time) {
        return of(environment, node, name, time, false);
    }

    /** Microseconds, p50. */
    double reads() {
        return measure(i -> tallies.get(i % tallies.size()).sum());
    }

    double writes() {
        return measure(i -> tallies.get(i % tallies.size()).add(i + 1L));
    }

    double measure(IntFunction<CompletionStage<?>> call) {
        loop(call);
        return loop(call).micros(0.5);
    }

    private Latencies loop(IntFunction<CompletionStage<?>> call) {
        Latencies latencies = new Latencies();
        long end = environment.clock().nanoTime() + time.toNanos();
        int i = 0;
        for (long begin = environment.clock().nanoTime();
                begin < end;
                begin = environment.clock().nanoTime()) {
            call.apply(i++).toCompletableFuture().join();
            latencies.record(environment.clock().nanoTime() - begin);
        }
        return latencies;
    }
}
