package io.holdfast.benchmarks.shards;

import io.holdfast.HoldfastNode;
import io.holdfast.benchmarks.run.Latencies;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Calls one after the other, from one thread. They are warmed up by several at once: as many calls one by one take too long to have the code compiled on all nodes. */
final class OneByOne {
    private static final int KEYS = 200;
    private static final int WARM_CALLERS = 16;

    private final Environment environment;
    private final List<Tally> tallies;
    private final Duration time;

    private OneByOne(Environment environment, List<Tally> tallies, Duration time) {
        this.environment = environment;
        this.tallies = tallies;
        this.time = time;
    }

    /** On entities whose owner is one of some. They are others than those of the load. */
    static OneByOne of(Environment environment, HoldfastNode node, Predicate<String> owners, Duration time) {
        List<String> present = ShardView.of(node.admin()).owners();
        List<Tally> tallies = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "one-by-one-" + i)
                .filter(key -> owners.test(present.get(Load.shard(key))))
                .limit(KEYS)
                .map(key -> node.entities().ref(Tally.class, key))
                .toList();
        return new OneByOne(environment, tallies, time);
    }

    /** Microseconds, p50. */
    double reads() {
        return measure(i -> tallies.get(i % tallies.size()).sum());
    }

    /** Each tally gets its numbers in order: one with holes remembers them all, and would be another, larger entity with each call. */
    double writes() {
        return measure(i -> tallies.get(i % tallies.size()).add(i / tallies.size() + 1L));
    }

    double measure(IntFunction<CompletionStage<?>> call) {
        warm(call);
        return loop(call).micros(0.5);
    }

    /** Several at once, for the time. */
    void warm(IntFunction<CompletionStage<?>> call) {
        long end = environment.clock().nanoTime() + time.toNanos();
        try {
            new Callers(environment, (caller, number) -> call.apply((int) number))
                    .run(WARM_CALLERS, () -> environment.clock().nanoTime() >= end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while warming up", e);
        }
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
