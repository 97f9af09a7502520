package io.holdfast.replication.saga;

import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.testkit.sim.SimEnvironment;
import io.holdfast.testkit.sim.SimJournal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/** Hosts in virtual time over one journal; steps run at once, on the thread that lets time pass. */
final class Fixture {
    static final int SHARD = 7;
    private static final Duration LONG = Duration.ofSeconds(5);

    final SimEnvironment environment = SimEnvironment.seed(1);
    final SimJournal journal = new SimJournal(environment, 1, GroupId.of("sagas"));
    private final Map<String, SimpleMeterRegistry> meters = new HashMap<>();
    final List<String> log = new ArrayList<>();
    private long epoch;

    Fixture() {
        await(view("setup").configure(SagaHost.journal(64 << 20), Deadline.NONE));
    }

    ReplicatedJournal view(String node) {
        return journal.view(NodeId.of(node));
    }

    SimpleMeterRegistry meters(String node) {
        return meters.computeIfAbsent(node, any -> new SimpleMeterRegistry());
    }

    SagaHost host(String node, SagaConfig config, SagaDefinition<?>... definitions) {
        SagaHost host = SagaHost.start(
                environment,
                NodeId.of(node),
                config,
                Telemetries.of(environment, meters(node), TracerProvider.noop().get("")));
        for (SagaDefinition<?> each : definitions) {
            host.register(each);
        }
        return host;
    }

    /** A host that serves the shard, under a later epoch than all before. */
    SagaHost serving(String node, SagaDefinition<?>... definitions) {
        return serving(node, SagaConfig.standard(), definitions);
    }

    SagaHost serving(String node, SagaConfig config, SagaDefinition<?>... definitions) {
        SagaHost host = host(node, config, definitions);
        serve(host, node);
        return host;
    }

    void serve(SagaHost host, String node) {
        serve(host, view(node));
    }

    void serve(SagaHost host, ReplicatedJournal seen) {
        host.serve(SHARD, new Epoch(++epoch), seen);
        pass(Duration.ofMillis(500));
    }

    void pass(Duration duration) {
        environment.advance(duration);
    }

    /** Lets time pass until it is there; throws what it failed with. */
    <T> T await(CompletionStage<T> stage) {
        AtomicReference<T> value = new AtomicReference<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        stage.whenComplete((result, error) -> {
            value.set(result);
            failure.set(error);
        });
        for (Duration passed = Duration.ZERO;
                !stage.toCompletableFuture().isDone() && passed.compareTo(LONG) < 0;
                passed = passed.plusMillis(10)) {
            pass(Duration.ofMillis(10));
        }
        if (!stage.toCompletableFuture().isDone()) {
            throw new AssertionError("nothing came within " + LONG);
        }
        Throwable error = failure.get();
        if (error instanceof CompletionException && error.getCause() != null) {
            error = error.getCause();
        }
        if (error instanceof RuntimeException thrown) {
            throw thrown;
        }
        return value.get();
    }

    SagaView start(SagaHost host, String id, SagaDefinition<String> definition) {
        return await(host.start(SHARD, SagaStart.of(id, definition, "input")));
    }

    SagaView end(SagaHost host, String id) {
        return await(host.end(SHARD, id));
    }

    SagaView find(SagaHost host, String id) {
        return await(host.find(SHARD, id));
    }

    SagaView apply(SagaHost host, SagaOperation operation) {
        return await(host.apply(SHARD, operation));
    }

    /** The keys of records that are no tombstones. */
    List<String> keys() {
        return await(view("setup").read(0, 1000, 256 << 10, ReadConsistency.LINEARIZABLE, Deadline.NONE))
                .records()
                .stream()
                .filter(record -> record.value().length > 0)
                .map(ReplicatedJournal.Recorded::key)
                .toList();
    }

    SagaBuilder<String> define(String name, int version) {
        return Saga.define(name, version, String.class, new Texts());
    }

    /** A step that notes what it does. */
    StepBuilder<String, String> noted(SagaBuilder<String> builder, String step) {
        return builder.step(step, String.class, (context, input) -> {
                    log.add("do " + context.idempotencyKey());
                    return step + " done";
                })
                .compensate((context, input, result) ->
                        log.add("undo " + context.idempotencyKey() + " " + result.orElse("of unknown outcome")));
    }
}
