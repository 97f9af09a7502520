package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.chaos.AbortBounds;
import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.circuitbreaker.chaos.ChaosConfig;
import io.holdfast.circuitbreaker.chaos.Experiment;
import io.holdfast.circuitbreaker.chaos.FaultKind;
import io.holdfast.circuitbreaker.chaos.InjectedFaultException;
import io.holdfast.circuitbreaker.chaos.NodeFaults;
import io.holdfast.circuitbreaker.chaos.Target;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.fault.Fault;
import io.holdfast.core.slo.Guard;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChaosTest {
    private static final Target SEARCH = Target.policy("catalog").withMethod("search");
    private static final Fault LATE = new Fault.Latency(Duration.ofMillis(200));
    private static final Fault FAILING = new Fault.Error("disk on fire");

    private final ManualEnvironment environment = new ManualEnvironment();
    private final FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);
    private final AtomicReference<Guard> guard = new AtomicReference<>(Guard.NONE);
    private final List<String> members = new ArrayList<>(List.of("a"));
    private final List<String> hits = new ArrayList<>();
    private final Chaos chaos = chaos("a", ChaosConfig.allowing(FaultKind.values()));
    private final Policies policies = policies(chaos);
    private final Pipeline search = search(policies);

    private Chaos chaos(String node, ChaosConfig config) {
        NodeFaults faults = new NodeFaults() {
            @Override
            public void pause(Duration duration) {
                hits.add("pause " + duration);
            }

            @Override
            public void kill() throws IOException {
                hits.add("kill");
                throw new IOException("this node does not die");
            }
        };
        return new Chaos(
                new Chaos.Ground(
                        node,
                        environment,
                        recorder,
                        name -> name.equals("catalog")
                                ? Optional.of(now -> guard.get().check(now))
                                : Optional.empty(),
                        () -> members,
                        faults),
                config);
    }

    private Policies policies(Chaos with) {
        return Policies.of(
                environment,
                new SimpleMeterRegistry(),
                recorder,
                new PoliciesConfig(Map.of("quick", PolicyConfig.NONE.withTimeout(Duration.ofMillis(50)))),
                with);
    }

    private static Pipeline search(Policies of) {
        return of.pipeline("catalog").named("Catalog.search").service("catalog").build();
    }

    @AfterEach
    void close() {
        policies.close();
        chaos.close();
        assertThat(environment.timers()).as("timers left behind").isZero();
    }

    private Experiment all(Fault fault) {
        return Experiment.of("x", SEARCH, fault, 1);
    }

    private List<String> decisions() {
        return recorder.entries().stream()
                .filter(entry -> entry.area().equals("chaos"))
                .map(FlightRecorder.Entry::decision)
                .toList();
    }

    private Thread background(Callable<?> call, AtomicReference<Object> outcome) {
        Thread thread = new Thread(() -> {
            try {
                outcome.set(call.call());
            } catch (Exception e) {
                outcome.set(e);
            }
        });
        thread.start();
        return thread;
    }

    private void awaitHeld(int calls) {
        while (chaos.list().get(0).held() != calls) {
            Thread.onSpinWait();
        }
    }

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
