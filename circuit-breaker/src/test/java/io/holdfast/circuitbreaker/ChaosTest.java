package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.circuitbreaker.chaos.ChaosConfig;
import io.holdfast.circuitbreaker.chaos.Experiment;
import io.holdfast.circuitbreaker.chaos.InjectedFaultException;
import io.holdfast.circuitbreaker.chaos.Target;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.fault.Fault;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ChaosTest extends ChaosGround {
    @Test
    void nothingMayBeStartedUnlessConfigured() {
        Chaos off = chaos("a", ChaosConfig.OFF);
        assertThatThrownBy(() -> off.start(all(LATE), "ann"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "experiment x (latency 200ms, 100.0%) was not started: holdfast.chaos.enabled is false on this node; set it to true");
        Chaos usual = chaos("a", new ChaosConfig(true, ChaosConfig.OFF.allow(), 1));
        assertThatThrownBy(() -> usual.start(Experiment.of("x", Target.NODE, new Fault.Kill(), 1), "ann"))
                .hasMessageContaining("kill is not in holdfast.chaos.allow (latency, error, drop); add it");
        assertThatThrownBy(() ->
                        usual.start(Experiment.of("x", Target.NODE, new Fault.Pause(Duration.ofSeconds(1)), 1), "ann"))
                .hasMessageContaining("pause is not in holdfast.chaos.allow");
        assertThat(off.list()).isEmpty();
        assertThat(hits).isEmpty();
    }

    @Test
    void anErrorNamesTheExperimentAndLeavesTheCalleeAlone() throws Exception {
        chaos.start(all(FAILING), "ann");
        AtomicInteger made = new AtomicInteger();
        assertThatThrownBy(() -> search.call(made::incrementAndGet))
                .isInstanceOf(InjectedFaultException.class)
                .hasMessage("Catalog.search failed on purpose, by experiment x; nothing was sent: disk on fire");
        assertThat(search.callAsync(() -> CompletableFuture.completedFuture(made.incrementAndGet())))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(InjectedFaultException.class);
        assertThat(made).hasValue(0);
        assertThat(chaos.stop("x", "bob")).isTrue();
        assertThat(search.call(made::incrementAndGet)).isEqualTo(1);
        assertThat(decisions())
                .containsExactly(
                        "started by ann: error, 100.0% for 1m at policy catalog, method search",
                        "stopped by bob; it hit 2 of 2 calls");
    }

    @Test
    void callsThatAreNotMeantAreLeftAlone() throws Exception {
        chaos.start(all(FAILING), "ann");
        assertThat(policies.pipeline("catalog")
                        .named("Catalog.research")
                        .build()
                        .call(() -> 1))
                .isEqualTo(1);
        assertThat(policies.pipeline("other").named("Catalog.search").build().call(() -> 1))
                .isEqualTo(1);
        chaos.stop("x", "ann");
        chaos.start(Experiment.of("y", Target.service("catalog"), FAILING, 1), "ann");
        assertThat(policies.pipeline("catalog")
                        .named("Catalog.search")
                        .service("news")
                        .build()
                        .call(() -> 1))
                .isEqualTo(1);
        assertThatThrownBy(() -> policies.pipeline("other")
                        .named("Any.method")
                        .service("catalog")
                        .build()
                        .call(() -> 1))
                .isInstanceOf(InjectedFaultException.class);
    }

    @Test
    void aShareOfTheCallsIsHitAndTheDrawOfOneSaysNothingOfTheNext() {
        chaos.start(Experiment.of("x", SEARCH, FAILING, 0.2), "ann");
        int failed = 0;
        int twice = 0;
        boolean before = false;
        for (int i = 0; i < 20_000; i++) {
            boolean hit = false;
            try {
                search.call(() -> 1);
            } catch (Exception e) {
                hit = true;
            }
            failed += hit ? 1 : 0;
            twice += hit && before ? 1 : 0;
            before = hit;
        }
        assertThat(failed).isBetween(3_800, 4_200);
        assertThat(twice).as("two in a row: 4 %").isBetween(680, 920);
    }

    @Test
    void aLateCallWaitsOnTheEnvironmentsClock() throws Exception {
        chaos.start(all(LATE), "ann");
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread caller = background(() -> search.call(() -> "found"), outcome);
        awaitHeld(1);
        environment.advance(Duration.ofMillis(199));
        assertThat(outcome).hasValue(null);
        environment.advance(Duration.ofMillis(1));
        caller.join();
        assertThat(outcome).hasValue("found");
    }

    @Test
    void aLateAsynchronousCallBeginsLaterAndInItsContext() throws Exception {
        chaos.start(all(LATE), "ann");
        AtomicReference<String> seen = new AtomicReference<>();
        CompletableFuture<Integer> call = CallContext.EMPTY
                .withCorrelationId("c-1")
                .call(() -> search.callAsync(() -> {
                    seen.set(CallContext.current().correlationId());
                    return CompletableFuture.completedFuture(7);
                }));
        environment.advance(Duration.ofMillis(199));
        assertThat(seen).hasValue(null);
        environment.advance(Duration.ofMillis(1));
        assertThat(call).isCompletedWithValue(7);
        assertThat(seen).hasValue("c-1");
    }

    @Test
    void aHeldCallHeedsItsDeadlineItsTimeoutAndItsCaller() throws Exception {
        chaos.start(all(new Fault.Drop()), "ann");
        Deadline deadline = Deadline.after(environment.nanoTime(), Duration.ofMillis(70));
        CompletableFuture<Integer> bounded = CallContext.EMPTY
                .withDeadline(deadline)
                .call(() -> search.callAsync(() -> CompletableFuture.completedFuture(1)));
        CompletableFuture<Integer> cancelled = search.callAsync(() -> CompletableFuture.completedFuture(1));
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread caller = background(() -> search.call(() -> 1), outcome);
        awaitHeld(3);
        cancelled.cancel(true);
        caller.interrupt();
        caller.join();
        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        awaitHeld(1);
        environment.advance(Duration.ofMillis(70));
        assertThat(bounded)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(DeadlineExceededException.class)
                .withMessageContaining("held on purpose until its deadline, by experiment x");
        awaitHeld(0);
        chaos.stop("x", "ann");
        chaos.start(Experiment.of("y", Target.policy("quick"), new Fault.Drop(), 1), "ann");
        Pipeline quick = policies.pipeline("quick").build();
        CompletableFuture<Integer> timed = quick.callAsync(() -> CompletableFuture.completedFuture(1));
        Thread waiting = background(() -> quick.call(() -> 1), outcome);
        awaitHeld(2);
        environment.advance(Duration.ofMillis(50));
        waiting.join();
        assertThat(outcome.get()).isInstanceOf(DeadlineExceededException.class);
        assertThat(timed).isCompletedExceptionally();
        awaitHeld(0);
    }

    @Test
    void nodeFaultsHitTheNodeOnceAfterANotice() {
        chaos.start(Experiment.of("p", Target.NODE, new Fault.Pause(Duration.ofSeconds(5)), 1), "ann");
        chaos.start(Experiment.of("k", Target.NODE, new Fault.Kill(), 1), "ann");
        assertThat(hits).isEmpty();
        environment.advance(Duration.ofMillis(200));
        assertThat(hits).containsExactly("pause PT5S", "kill");
        environment.advance(Duration.ofSeconds(5));
        assertThat(chaos.list()).isEmpty();
        assertThat(decisions())
                .anyMatch(text -> text.startsWith("ended: the pause is over"))
                .anyMatch(text -> text.startsWith("aborted: this node does not die"));
    }

    @Test
    void anExperimentWithoutSenseIsRefusedWithItsRule() {
        assertThatThrownBy(() -> Experiment.of("x", Target.NODE, FAILING, 1))
                .hasMessage("target of experiment x (this node) must name a policy or a service: error hits calls");
        assertThatThrownBy(() -> Experiment.of("x", SEARCH, new Fault.Kill(), 1))
                .hasMessageContaining("must not name calls");
        assertThatThrownBy(() -> Experiment.of("x", SEARCH, FAILING, 0))
                .hasMessageContaining("share of experiment x (0.0)");
        assertThatThrownBy(() -> all(FAILING).withTimeBox(Duration.ofMinutes(61)))
                .hasMessage("time-box of experiment x (1h1m) must be at most 1h; start it again when it is over");
        assertThatThrownBy(() -> Experiment.of("x", Target.NODE, new Fault.Pause(Duration.ofMinutes(2)), 1))
                .hasMessageContaining("must not be longer than its time-box (1m)");
    }

    @Test
    void thePipelineShowsTheStageWhereExperimentsMayRun() {
        assertThat(search.describe()).isEqualTo("fault(none) > call");
        chaos.start(Experiment.of("x", SEARCH, LATE, 0.1), "ann");
        assertThat(search.describe()).isEqualTo("fault(x: latency 200ms, 10.0%) > call");
        assertThat(search(policies(chaos("a", ChaosConfig.OFF))).describe()).isEqualTo("call");
    }
}
