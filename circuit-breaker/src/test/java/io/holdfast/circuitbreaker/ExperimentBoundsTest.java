package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.chaos.AbortBounds;
import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.circuitbreaker.chaos.ChaosConfig;
import io.holdfast.circuitbreaker.chaos.Experiment;
import io.holdfast.circuitbreaker.chaos.FaultKind;
import io.holdfast.circuitbreaker.chaos.InjectedFaultException;
import io.holdfast.circuitbreaker.chaos.Target;
import io.holdfast.core.fault.Fault;
import io.holdfast.core.slo.Guard;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What ends an experiment, and how far it reaches. */
class ExperimentBoundsTest extends ChaosGround {
    @Test
    void theEndOfAnExperimentLetsHeldCallsGo() {
        chaos.start(all(new Fault.Drop()), "ann");
        CompletableFuture<Integer> dropped = search.callAsync(() -> CompletableFuture.completedFuture(1));
        chaos.stop("x", "ann");
        assertThat(dropped)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(InjectedFaultException.class);
        chaos.start(all(LATE), "ann");
        CompletableFuture<Integer> late = search.callAsync(() -> CompletableFuture.completedFuture(1));
        chaos.stop("x", "ann");
        assertThat(late).isCompletedWithValue(1);
    }

    @Test
    void anExperimentEndsWithItsTimeBox() throws Exception {
        chaos.start(all(FAILING).withTimeBox(Duration.ofSeconds(5)), "ann");
        environment.advance(Duration.ofMillis(4_999));
        assertThatThrownBy(() -> search.call(() -> 1)).isInstanceOf(InjectedFaultException.class);
        environment.advance(Duration.ofMillis(1));
        assertThat(search.call(() -> 1)).isEqualTo(1);
        assertThat(decisions()).last().isEqualTo("ended: its time box (5s) is over; it hit 1 of 1 calls");
        assertThat(chaos.stop("x", "ann")).as("it has ended").isFalse();
    }

    @Test
    void anObjectiveAbortsAnExperimentAndAGuardThatObjectsPreventsIt() throws Exception {
        assertThatThrownBy(() -> chaos.start(all(FAILING).withSlo("nosuch"), "ann"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("slo (nosuch) must be a name under holdfast.slo");
        chaos.start(all(FAILING).withSlo("catalog"), "ann");
        environment.advance(Duration.ofSeconds(3));
        assertThat(chaos.list()).hasSize(1);
        guard.set(now -> Guard.Verdict.notOk("availability burns"));
        environment.advance(Duration.ofMillis(500));
        assertThat(search.call(() -> 1)).isEqualTo(1);
        assertThat(decisions()).last().asString().startsWith("aborted: availability burns");
        assertThatThrownBy(() -> chaos.start(all(FAILING).withSlo("catalog"), "ann"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("its guard objects already: availability burns");
        guard.set(Guard.NONE);
        chaos.start(all(FAILING).withSlo("catalog"), "ann");
        guard.set(now -> {
            throw new IllegalStateException("broken");
        });
        environment.advance(Duration.ofMillis(500));
        assertThat(chaos.list()).as("an experiment without a working guard").isEmpty();
    }

    @Test
    void itsOwnBoundsCountWhatCallersSeeAfterRetriesAndNotWhatCannotSpeak() throws Exception {
        Pipeline retried = policies.pipeline("steady")
                .named("Catalog.search")
                .idempotent()
                .retry(1)
                .build();
        AbortBounds bounds = new AbortBounds(0.9, Optional.empty(), 5, Duration.ofSeconds(30));
        chaos.start(Experiment.of("x", Target.policy("steady"), LATE, 0.000_001).withAbort(bounds), "ann");
        for (int i = 0; i < 5; i++) {
            AtomicInteger made = new AtomicInteger();
            CompletableFuture<Integer> call = retried.callAsync(() -> made.incrementAndGet() == 1
                    ? CompletableFuture.failedFuture(new IOException("the first attempt"))
                    : CompletableFuture.completedFuture(1));
            environment.advance(Duration.ofMillis(200));
            assertThat(call).isCompletedWithValue(1);
        }
        retried.callAsync(CompletableFuture::new).cancel(true);
        environment.advance(Duration.ofSeconds(1));
        assertThat(chaos.list()).as("every second attempt failed, and no call").hasSize(1);
        chaos.stop("x", "ann");
    }

    @Test
    void anExperimentThatHarmsTooManyCallsAbortsItselfAfterEnoughOfThem() {
        chaos.start(Experiment.of("x", SEARCH, FAILING, 1).withAbort(AbortBounds.minSuccess(0.9)), "ann");
        for (int i = 0; i < 19; i++) {
            assertThatThrownBy(() -> search.call(() -> 1)).isInstanceOf(InjectedFaultException.class);
        }
        environment.advance(Duration.ofSeconds(1));
        assertThat(chaos.list()).as("too few calls to judge").hasSize(1);
        search.callAsync(() -> CompletableFuture.completedFuture(1));
        environment.advance(Duration.ofMillis(500));
        assertThat(chaos.list()).isEmpty();
        assertThat(decisions()).last().asString().startsWith("aborted: availability of experiment x");
    }

    @Test
    void slowCallsAbortAnExperimentThatBoundsTheLatency() throws Exception {
        AbortBounds bounds = new AbortBounds(0.9, Optional.of(Duration.ofMillis(100)), 5, Duration.ofSeconds(30));
        chaos.start(all(LATE).withAbort(bounds), "ann");
        List<CompletableFuture<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            calls.add(search.callAsync(() -> CompletableFuture.completedFuture(1)));
        }
        environment.advance(Duration.ofMillis(500));
        assertThat(calls).allSatisfy(call -> assertThat(call).isCompletedWithValue(1));
        assertThat(chaos.list()).isEmpty();
        assertThat(decisions()).last().asString().startsWith("aborted: latency of experiment x");
    }

    @Test
    void atMostSoManyNodesTakeAnExperimentOnAndAllAgreeWhich() {
        members.addAll(List.of("b", "c", "d", "e"));
        for (int bound = 1; bound <= 5; bound++) {
            Experiment wanted = all(FAILING).withMaxNodes(bound);
            List<String> taken =
                    members.stream().filter(node -> accepts(node, wanted)).toList();
            assertThat(taken).hasSize(bound);
        }
        assertThatThrownBy(() -> chaos.start(Experiment.of("x", SEARCH.withNode("b"), FAILING, 1), "ann"))
                .hasMessage("experiment x is for node b, and this is node a; start it there");
    }

    private boolean accepts(String node, Experiment wanted) {
        try (Chaos there = chaos(node, ChaosConfig.allowing(FaultKind.ERROR))) {
            there.start(wanted, "ann");
            return true;
        } catch (IllegalArgumentException elsewhere) {
            assertThat(elsewhere).hasMessageContaining("max-nodes");
            return false;
        }
    }

    @Test
    void onlySoManyRunAtOnceAndNoTwoOfOneName() {
        for (int i = 0; i < 4; i++) {
            chaos.start(Experiment.of("x" + i, SEARCH, FAILING, 0.1), "ann");
        }
        assertThatThrownBy(() -> chaos.start(Experiment.of("x1", SEARCH, FAILING, 0.1), "ann"))
                .hasMessage("experiment x1 runs already; stop it first or choose another name");
        assertThatThrownBy(() -> chaos.start(Experiment.of("x9", SEARCH, FAILING, 0.1), "ann"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("4 run, as many as holdfast.chaos.max-experiments allows; stop one");
    }
}
