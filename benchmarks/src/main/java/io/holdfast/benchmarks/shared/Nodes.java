package io.holdfast.benchmarks.shared;

import io.holdfast.Holdfast;
import io.holdfast.HoldfastNode;
import io.holdfast.NodeBuilder;
import io.holdfast.circuitbreaker.Pipeline;
import io.holdfast.circuitbreaker.PipelineBuilder;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;

/** Whole nodes of one JVM over loopback, each with one pipeline, under calls that come as Poisson processes. */
final class Nodes implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration TICK = Duration.ofMillis(5);

    private final Environment environment;
    private final List<HoldfastNode> nodes = new ArrayList<>();
    private final List<Pipeline> pipelines = new ArrayList<>();
    private final Random random = new Random(1);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final CountDownLatch idle = new CountDownLatch(1);
    private long lastNanos;

    Nodes(
            Environment environment,
            int count,
            Map<String, String> settings,
            Function<PipelineBuilder, PipelineBuilder> stages)
            throws InterruptedException {
        this.environment = environment;
        for (int i = 0; i < count; i++) {
            String[] seeds =
                    nodes.stream().map(node -> node.address().toString()).toArray(String[]::new);
            NodeBuilder builder = Holdfast.node("node-" + i).seeds(seeds);
            settings.forEach(builder::set);
            HoldfastNode node = builder.start().awaitReady(LIMIT);
            nodes.add(node);
            pipelines.add(stages.apply(node.policies().pipeline("dependency")).build());
        }
        for (HoldfastNode node : nodes) {
            CountDownLatch all = new CountDownLatch(count);
            try (Registration watch = node.membership().listen(event -> all.countDown())) {
                all.await();
            }
        }
    }

    /** Begins to call: so many calls a second at each node, drawn anew every 5 ms. */
    Nodes load(IntToDoubleFunction perSecond, Callable<String> call) {
        lastNanos = environment.clock().nanoTime();
        tick(perSecond, call);
        return this;
    }

    private void tick(IntToDoubleFunction perSecond, Callable<String> call) {
        long now = environment.clock().nanoTime();
        double seconds = (now - lastNanos) / 1e9;
        lastNanos = now;
        for (int node = 0; node < pipelines.size(); node++) {
            double limit = Math.exp(-perSecond.applyAsDouble(node) * seconds);
            for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
                try {
                    pipelines.get(node).call(call);
                } catch (Exception refusedOrFailed) {
                    // what is measured is what passed
                }
            }
        }
        if (stopped.get()) {
            idle.countDown();
        } else {
            environment.scheduler().schedule(TICK, () -> tick(perSecond, call));
        }
    }

    boolean all(String part) {
        return pipelines.stream().allMatch(pipeline -> pipeline.describe().contains(part));
    }

    void pass(Duration time) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        environment.scheduler().schedule(time, over::countDown);
        over.await();
    }

    @Override
    public void close() {
        stopped.set(true);
        try {
            idle.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        nodes.forEach(HoldfastNode::close);
    }
}
