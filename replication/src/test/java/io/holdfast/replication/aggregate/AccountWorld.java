package io.holdfast.replication.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.testkit.sim.SimEnvironment;
import io.holdfast.testkit.sim.SimJournal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Accounts over two groups in virtual time. */
final class AccountWorld {
    final SimEnvironment environment;
    final List<SimJournal> journals;

    AccountWorld(long seed) {
        environment = SimEnvironment.seed(seed);
        journals = IntStream.range(0, 2)
                .mapToObj(i -> new SimJournal(environment, seed, GroupId.of("data-" + i)))
                .toList();
    }

    EventSourced<Integer, Account.Command, Account.Event> accounts(String node, AggregateConfig config) {
        List<ReplicatedJournal> views =
                journals.stream().map(journal -> journal.view(NodeId.of(node))).toList();
        return EventSourced.of(config, new Account(), Account.EVENTS, Account.STATES, views, environment);
    }

    int balance(EventSourced<Integer, Account.Command, Account.Event> accounts, String id) {
        return done(accounts.load(id, ReadConsistency.LINEARIZABLE, soon())).state();
    }

    Deadline soon() {
        return Deadline.after(environment.clock().nanoTime(), Duration.ofSeconds(5));
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
