package io.holdfast.replication.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.testkit.sim.SimEnvironment;
import io.holdfast.testkit.sim.SimJournal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** A log of text over groups in virtual time, as nodes with one clock see it. */
final class LogWorld {
    final SimEnvironment environment;
    final List<SimJournal> journals;

    LogWorld(long seed, int partitions) {
        environment = SimEnvironment.seed(seed);
        journals = IntStream.range(0, partitions)
                .mapToObj(i -> new SimJournal(environment, seed, GroupId.of("data-" + i)))
                .toList();
    }

    EventLog<String> log(String node) {
        List<ReplicatedJournal> views =
                journals.stream().map(journal -> journal.view(NodeId.of(node))).toList();
        return EventLog.of("plays", views, new TextEvents(), environment);
    }

    Deadline soon() {
        return Deadline.after(environment.clock().nanoTime(), Duration.ofSeconds(5));
    }

    void append(EventLog<String> log, String key, String... events) {
        for (String event : events) {
            done(log.append(key, event, soon()));
        }
    }

    void advance(Duration time) {
        environment.advance(time);
    }

    void await(String what, BooleanSupplier condition) {
        boolean holds = condition.getAsBoolean();
        for (int i = 0; i < 60_000 && !holds; i++) {
            environment.advance(Duration.ofMillis(2));
            holds = condition.getAsBoolean();
        }
        assertThat(holds).as(what).isTrue();
    }

    <T> T done(CompletionStage<T> stage) {
        await("an answer", () -> stage.toCompletableFuture().isDone());
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }
}
