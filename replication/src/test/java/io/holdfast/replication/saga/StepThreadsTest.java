package io.holdfast.replication.saga;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Epoch;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.testkit.sim.SimJournal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Steps on real threads. */
class StepThreadsTest {
    private static final int SHARD = 1;

    private final Environment environment = Environment.system();
    private SagaHost host = hostWith(2);

    private SagaHost hostWith(int stepsAtOnce) {
        SagaHost made = SagaHost.start(
                environment,
                NodeId.of("a"),
                SagaConfig.standard().withStepsAtOnce(stepsAtOnce),
                Telemetries.none(environment));
        return made;
    }

    @AfterEach
    void close() {
        host.close();
        environment.close();
    }

    private static SagaBuilder<String> define(String name) {
        return Saga.define(name, 1, String.class, new Texts());
    }

    private void serve(SagaDefinition<?> definition) throws Exception {
        host.register(definition);
        SimJournal journal = new SimJournal(environment, 1, GroupId.of("sagas"));
        host.serve(SHARD, new Epoch(1), journal.view(NodeId.of("a")));
    }

    private SagaView run(String id, SagaDefinition<String> definition) throws Exception {
        while (true) {
            try {
                host.start(SHARD, SagaStart.of(id, definition, "input"))
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
                return host.end(SHARD, id).toCompletableFuture().get(20, TimeUnit.SECONDS);
            } catch (java.util.concurrent.ExecutionException notYet) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void anAttemptThatTakesTooLongIsInterruptedAndTriedAgain() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        SagaDefinition<String> slow = define("slow")
                .step("step", String.class, (context, input) -> {
                    if (context.attempt() == 1) {
                        try {
                            never.await();
                        } catch (InterruptedException e) {
                            interrupted.set(true);
                            throw e;
                        }
                    }
                    return Optional.of(CallContext.current())
                            .map(call -> call.correlationId() + " "
                                    + call.fencingToken().orElse(-1))
                            .orElseThrow();
                })
                .timeout(Duration.ofMillis(50))
                .build();
        serve(slow);
        assertThat(Texts.text(run("s", slow).result())).isEqualTo("s 1");
        assertThat(interrupted).isTrue();
    }

    @Test
    void onlySoManyStepsRunAtOnceAndAllAreRun() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger all = new AtomicInteger();
        StepAction<String> counted = (context, input) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            all.incrementAndGet();
            Thread.yield();
            running.decrementAndGet();
        };
        SagaDefinition<String> wide = define("wide")
                .parallel(
                        "all",
                        one -> one.step("a", counted).step("b", counted),
                        two -> two.step("c", counted).step("d", counted),
                        three -> three.step("e", counted).step("f", counted),
                        four -> four.step("g", counted).step("h", counted))
                .build();
        serve(wide);
        for (int i = 0; i < 20; i++) {
            assertThat(run("s" + i, wide).status()).isEqualTo(SagaView.Status.COMPLETED);
        }
        assertThat(all).hasValue(160);
        assertThat(most.get()).isBetween(1, 2);
    }
}
