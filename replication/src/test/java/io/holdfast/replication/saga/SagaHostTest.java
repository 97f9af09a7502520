package io.holdfast.replication.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a saga does on one node that nothing befalls. */
class SagaHostTest {
    private final Fixture fixture = new Fixture();

    private static SagaBuilder<String> failing(SagaBuilder<String> builder, String step, RuntimeException failure) {
        return builder.step(step, (context, input) -> {
            throw failure;
        });
    }

    @Test
    void runsStepsInOrderAndEachKnowsWhatEarlierOnesAnswered() {
        SagaBuilder<String> builder = fixture.define("chain", 1);
        fixture.noted(builder, "first");
        SagaDefinition<String> chain = builder.step(
                        "second",
                        String.class,
                        (context, input) -> input + ", "
                                + context.result("first", String.class).orElseThrow() + ", "
                                + context.result("second", String.class).isPresent())
                .build();
        SagaHost host = fixture.serving("a", chain);
        assertThat(fixture.start(host, "s", chain).status()).isEqualTo(SagaView.Status.RUNNING);
        SagaView end = fixture.end(host, "s");
        assertThat(end.status()).isEqualTo(SagaView.Status.COMPLETED);
        assertThat(Texts.text(end.result())).isEqualTo("input, first done, false");
        assertThat(fixture.log).containsExactly("do s/first/do");
    }

    @Test
    void theSameIdIsTheSameSagaAlsoWhenItHasEndedAndAnotherInputIsRefused() {
        SagaBuilder<String> builder = fixture.define("once", 1);
        SagaDefinition<String> once = fixture.noted(builder, "only").build();
        SagaHost host = fixture.serving("a", once);
        for (int i = 0; i < 3; i++) {
            fixture.start(host, "s", once);
            assertThatThrownBy(() -> fixture.await(host.start(Fixture.SHARD, SagaStart.of("s", once, "other"))))
                    .isInstanceOf(SagaRefusedException.class)
                    .hasMessageContaining("another input");
            fixture.pass(Duration.ofSeconds(i));
        }
        fixture.serve(host, "a");
        assertThat(fixture.start(host, "s", once).status()).isEqualTo(SagaView.Status.COMPLETED);
        assertThat(fixture.log).containsExactly("do s/only/do");
    }

    @Test
    void aRefusedStepIsNotTriedAgainAndTakesBackWhatWasDoneInReverse() {
        SagaBuilder<String> builder = fixture.define("back", 1);
        fixture.noted(builder, "one");
        fixture.noted(builder, "two");
        SagaDefinition<String> back =
                failing(builder, "three", new StepRefusedException("no money")).build();
        SagaHost host = fixture.serving("a", back);
        fixture.start(host, "s", back);
        SagaView end = fixture.end(host, "s");
        assertThat(end.status()).isEqualTo(SagaView.Status.COMPENSATED);
        assertThat(end.detail()).isEqualTo("step three: no money");
        assertThat(fixture.log)
                .containsExactly("do s/one/do", "do s/two/do", "undo s/two/undo two done", "undo s/one/undo one done");
    }

    @Test
    void aStepOfUnknownOutcomeIsTakenBackAndOneThatWasSurelyNotDoneIsNot() {
        List<String> undone = new ArrayList<>();
        Map<String, RuntimeException> failures = new TreeMap<>(Map.of(
                "unknown", new UnknownOutcomeException("link broke"),
                "safe", new NotAppliedException("no leader"),
                "other", new IllegalStateException("bug")));
        failures.forEach((id, failure) -> {
            SagaDefinition<String> definition = fixture.define(id, 1)
                    .step("step", (context, input) -> {
                        throw failure;
                    })
                    .retry(StepRetry.none())
                    .compensate((context, input, result) -> undone.add(id + " " + result.isPresent()))
                    .build();
            SagaHost host = fixture.serving("a", definition);
            fixture.start(host, id, definition);
            assertThat(fixture.end(host, id).status()).isEqualTo(SagaView.Status.COMPENSATED);
        });
        assertThat(undone).containsExactly("other false", "unknown false");
    }

    @Test
    void aStepIsTriedAgainUnderTheSameKeyAfterLongerAndLongerWaits() {
        List<String> tries = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        SagaDefinition<String> tried = fixture.define("tried", 1)
                .step("step", (context, input) -> {
                    tries.add(context.idempotencyKey() + " " + context.attempt());
                    times.add(fixture.environment.clock().nanoTime() / 1_000_000);
                    if (tries.size() < 4) {
                        throw new UnavailableException("not yet");
                    }
                })
                .retry(StepRetry.standard().withWaits(Duration.ofMillis(500), Duration.ofSeconds(10)))
                .build();
        SagaHost host = fixture.serving("a", tried);
        fixture.start(host, "s", tried);
        assertThat(fixture.end(host, "s").status()).isEqualTo(SagaView.Status.COMPLETED);
        assertThat(tries).containsExactly("s/step/do 1", "s/step/do 2", "s/step/do 3", "s/step/do 4");
        assertThat(times.get(1) - times.get(0)).isBetween(400L, 600L);
        assertThat(times.get(3) - times.get(2)).isBetween(1600L, 2100L);
    }

    @Test
    void aCompensationThatIsUsedUpParksTheSagaAndCanBeTriedAgain() {
        boolean[] broken = {true};
        SagaHost host = fixture.serving("a", parking(broken));
        fixture.start(host, "s", parking(broken));
        fixture.pass(Duration.ofSeconds(2));
        SagaView parked = fixture.find(host, "s");
        assertThat(parked.status()).isEqualTo(SagaView.Status.PARKED);
        assertThat(parked.steps().get(0))
                .isEqualTo(new SagaView.Step(
                        "pay", Direction.UNDO, "PARKED", 2, 0, "java.lang.IllegalStateException: cannot pay back"));
        assertThat(fixture.await(host.list(Fixture.SHARD, SagaQuery.all().withStatus(SagaView.Status.PARKED))))
                .hasSize(1);
        assertThat(fixture.meters("a")
                        .get("holdfast.saga.alive")
                        .tag("state", "parked")
                        .gauge()
                        .value())
                .isEqualTo(1);

        assertThatThrownBy(() -> fixture.apply(host, new SagaOperation.Retry("s", "fail", "me")))
                .isInstanceOf(SagaRefusedException.class)
                .hasMessageContaining("not parked");
        fixture.apply(host, new SagaOperation.Retry("s", "pay", "me"));
        fixture.pass(Duration.ofSeconds(2));
        assertThat(fixture.find(host, "s").status()).isEqualTo(SagaView.Status.PARKED);

        broken[0] = false;
        fixture.apply(host, new SagaOperation.Retry("s", "pay", "me"));
        assertThat(fixture.end(host, "s").status()).isEqualTo(SagaView.Status.COMPENSATED);
        assertThat(fixture.meters("a")
                        .get("holdfast.saga.alive")
                        .tag("state", "parked")
                        .gauge()
                        .value())
                .isZero();
    }

    private SagaDefinition<String> parking(boolean[] broken) {
        SagaBuilder<String> builder = fixture.define("parking", 1)
                .step("pay", (context, input) -> fixture.log.add("pay"))
                .compensate((context, input, result) -> {
                    if (broken[0]) {
                        throw new IllegalStateException("cannot pay back");
                    }
                })
                .retryCompensation(new StepRetry(2, Duration.ofMillis(100), Duration.ofMillis(100)));
        return failing(builder, "fail", new StepRefusedException("no")).build();
    }

    @Test
    void anOperatorResolvesAParkedCompensationOrGivesTheSagaUp() {
        boolean[] broken = {true};
        SagaHost host = fixture.serving("a", parking(broken));
        fixture.start(host, "s", parking(broken));
        fixture.start(host, "t", parking(broken));
        fixture.pass(Duration.ofSeconds(2));
        fixture.apply(host, new SagaOperation.Resolve("s", "pay", new byte[0], "me"));
        assertThat(fixture.end(host, "s").status()).isEqualTo(SagaView.Status.COMPENSATED);
        fixture.apply(host, new SagaOperation.Abort("t", "me"));
        assertThat(fixture.end(host, "t").status()).isEqualTo(SagaView.Status.ABORTED);
        assertThat(fixture.end(host, "t").detail()).isEqualTo("given up by me");
        assertThatThrownBy(() -> fixture.apply(host, new SagaOperation.Cancel("t", "me")))
                .isInstanceOf(SagaRefusedException.class)
                .hasMessageContaining("ABORTED");
        assertThat(fixture.await(host.timeline(Fixture.SHARD, "s")).entries().toString())
                .contains("Parked[step=pay, direction=UNDO")
                .contains("how=DONE")
                .contains("by=me");
    }

    @Test
    void aStepThatIsNotIdempotentParksWhenNobodyKnowsAndGoesOnWithWhatTheOperatorSaw() {
        SagaDefinition<String> definition = fixture.define("mail", 1)
                .step("send", String.class, (context, input) -> {
                    fixture.log.add("send");
                    throw new UnknownOutcomeException("link broke");
                })
                .notIdempotent()
                .step(
                        "read",
                        String.class,
                        (context, input) -> context.result("send", String.class).orElseThrow())
                .build();
        SagaHost host = fixture.serving("a", definition);
        fixture.start(host, "s", definition);
        fixture.pass(Duration.ofMinutes(1));
        assertThat(fixture.find(host, "s").status()).isEqualTo(SagaView.Status.PARKED);
        assertThat(fixture.log).containsExactly("send");
        assertThatThrownBy(() -> fixture.apply(host, new SagaOperation.Resolve("s", "send", Texts.bytes("?"), "me")))
                .isInstanceOf(SagaRefusedException.class)
                .hasMessageContaining("cannot be read");
        fixture.apply(host, new SagaOperation.Resolve("s", "send", Texts.bytes("seen"), "me"));
        assertThat(Texts.text(fixture.end(host, "s").result())).isEqualTo("seen");
        assertThat(fixture.log).containsExactly("send");
    }

    @Test
    void aSignalCountsOnceAndMayComeBeforeItIsAwaited() {
        SagaDefinition<String> definition = fixture.define("signals", 1)
                .sleep("wait", Duration.ofSeconds(2))
                .awaitSignal("go", String.class)
                .step(
                        "tell",
                        String.class,
                        (context, input) -> context.result("go", String.class).orElseThrow())
                .build();
        SagaHost host = fixture.serving("a", definition);
        fixture.start(host, "s", definition);
        assertThatThrownBy(() -> fixture.apply(host, new SagaOperation.Signal("s", "stop", Texts.bytes("x"))))
                .isInstanceOf(SagaRefusedException.class)
                .hasMessageContaining("waits for no signal stop");
        fixture.apply(host, new SagaOperation.Signal("s", "go", Texts.bytes("now")));
        fixture.apply(host, new SagaOperation.Signal("s", "go", Texts.bytes("now")));
        assertThatThrownBy(() -> fixture.apply(host, new SagaOperation.Signal("s", "go", Texts.bytes("later"))))
                .isInstanceOf(SagaRefusedException.class)
                .hasMessageContaining("with another payload");
        assertThat(fixture.find(host, "s").status()).isEqualTo(SagaView.Status.RUNNING);
        assertThat(Texts.text(fixture.end(host, "s").result())).isEqualTo("now");
    }

    @Test
    void aSignalThatDoesNotComeInTimeAndADeadlineTakeTheSagaBack() {
        SagaBuilder<String> late = fixture.define("late", 1);
        fixture.noted(late, "one");
        SagaDefinition<String> noSignal =
                late.awaitSignal("go", String.class, Duration.ofSeconds(3)).build();
        SagaBuilder<String> slow = fixture.define("slow", 1).deadline(Duration.ofSeconds(4));
        fixture.noted(slow, "one");
        SagaDefinition<String> noTime = slow.awaitSignal("go", String.class).build();
        SagaHost host = fixture.serving("a", noSignal, noTime);
        fixture.start(host, "s", noSignal);
        fixture.start(host, "t", noTime);
        fixture.pass(Duration.ofSeconds(2));
        assertThat(fixture.log).containsExactly("do s/one/do", "do t/one/do");
        fixture.pass(Duration.ofSeconds(3));
        assertThat(fixture.find(host, "s").detail()).isEqualTo("no signal go came in time");
        assertThat(fixture.find(host, "t").detail()).isEqualTo("the deadline has passed");
        assertThat(fixture.log).contains("undo s/one/undo one done", "undo t/one/undo one done");
    }

    @Test
    void aCancelledSagaBeginsNothingNewAndIsTakenBack() {
        SagaBuilder<String> builder = fixture.define("cancelled", 1);
        fixture.noted(builder, "one");
        builder.sleep("wait", Duration.ofHours(1));
        SagaDefinition<String> definition = fixture.noted(builder, "two").build();
        SagaHost host = fixture.serving("a", definition);
        fixture.start(host, "s", definition);
        fixture.pass(Duration.ofMinutes(10));
        fixture.apply(host, new SagaOperation.Cancel("s", "me"));
        assertThat(fixture.end(host, "s").detail()).isEqualTo("cancelled by me");
        assertThat(fixture.log).containsExactly("do s/one/do", "undo s/one/undo one done");
    }

    @Test
    void aChildsResultIsTheStepsAndAChildThatCompletedIsTakenBackAsAWhole() {
        SagaBuilder<String> inner = fixture.define("inner", 3);
        fixture.noted(inner, "a");
        SagaDefinition<String> child = fixture.noted(inner, "b").build();
        SagaBuilder<String> outer = fixture.define("outer", 1);
        fixture.noted(outer, "one");
        outer.child("sub", child, (context, input) -> input + " of the child");
        SagaDefinition<String> fine = outer.step(
                        "read",
                        String.class,
                        (context, input) -> context.result("sub", String.class).orElseThrow())
                .build();
        SagaBuilder<String> doomed = fixture.define("doomed", 1);
        doomed.child("sub", child, (context, input) -> input);
        SagaDefinition<String> refused =
                failing(doomed, "fail", new StepRefusedException("no")).build();
        SagaHost host = fixture.serving("a", child, fine, refused);
        fixture.start(host, "s", fine);
        assertThat(Texts.text(fixture.end(host, "s").result())).isEqualTo("b done");
        fixture.log.clear();
        fixture.start(host, "t", refused);
        assertThat(fixture.end(host, "t").status()).isEqualTo(SagaView.Status.COMPENSATED);
        assertThat(fixture.log)
                .containsExactly(
                        "do t/sub/a/do", "do t/sub/b/do", "undo t/sub/b/undo b done", "undo t/sub/a/undo a done");
    }

    @Test
    void anEndedSagaLeavesOneRecordWithItsChildrenAndIsForgottenAfterTheRetention() {
        SagaBuilder<String> inner = fixture.define("inner", 1);
        SagaDefinition<String> child = fixture.noted(inner, "a").build();
        SagaDefinition<String> outer = fixture.define("outer", 1)
                .child("sub", child, (context, input) -> "x".repeat(5000))
                .step("big", String.class, (context, input) -> "y".repeat(5000))
                .sleep("wait", Duration.ofSeconds(1))
                .build();
        SagaConfig config = SagaConfig.standard().withRetention(Duration.ofMinutes(30));
        SagaHost host = fixture.serving("a", config, child, outer);
        fixture.start(host, "s", outer);
        fixture.pass(Duration.ofMillis(800));
        assertThat(fixture.keys()).contains("s/0007/0/s", "s/0007/1/s", "s/0007/0/s/sub");
        fixture.end(host, "s");
        assertThat(fixture.keys()).containsExactly("s/0007/0/s");
        assertThat(fixture.await(host.history(Fixture.SHARD, "s")).encode().length)
                .isLessThan(1000);
        fixture.pass(Duration.ofMinutes(29));
        assertThat(fixture.find(host, "s").status()).isEqualTo(SagaView.Status.COMPLETED);
        fixture.pass(Duration.ofMinutes(2));
        assertThatThrownBy(() -> fixture.find(host, "s")).isInstanceOf(SagaRefusedException.class);
        assertThat(fixture.keys()).isEmpty();
        fixture.start(host, "s", outer); // while the tombstone is there
        assertThat(fixture.end(host, "s").status()).isEqualTo(SagaView.Status.COMPLETED);
    }

    /** The child writes at the same time as its root's end forgets it. */
    @Test
    void aSagaThatIsGivenUpTakesItsChildrenWithItAndTheShardGoesOn() {
        SagaBuilder<String> inner = fixture.define("inner", 1).awaitSignal("go", String.class);
        SagaDefinition<String> child = fixture.noted(inner, "a").build();
        SagaDefinition<String> outer = fixture.define("outer", 1)
                .child("sub", child, (context, input) -> input)
                .build();
        SagaHost host = fixture.serving("a", child, outer);
        for (int i = 0; i < 20; i++) {
            String id = "s" + i;
            fixture.start(host, id, outer);
            fixture.pass(Duration.ofMillis(300));
            host.apply(Fixture.SHARD, new SagaOperation.Signal(id + "/sub", "go", Texts.bytes("x")));
            fixture.pass(Duration.ofMillis(i));
            host.apply(Fixture.SHARD, new SagaOperation.Abort(id, "me"));
            fixture.pass(Duration.ofSeconds(1));
            assertThat(fixture.find(host, id).status().isEnded()).isTrue();
            assertThatThrownBy(() -> fixture.find(host, id + "/sub")).isInstanceOf(SagaRefusedException.class);
        }
        assertThat(fixture.keys()).hasSize(20);
        fixture.serve(host, "a");
        assertThat(fixture.keys()).hasSize(20);
    }

    @Test
    void startsBeyondTheBoundsAreRefusedAndSaySo() {
        SagaDefinition<String> waiting =
                fixture.define("waiting", 1).awaitSignal("go", String.class).build();
        SagaHost host = fixture.serving("a", SagaConfig.standard().withSagas(2, 1), waiting);
        fixture.start(host, "s", waiting);
        fixture.start(host, "t", waiting);
        assertThatThrownBy(() -> fixture.start(host, "u", waiting))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("shard 7 runs 2 sagas, its limit");
        fixture.start(host, "s", waiting); // is there
        fixture.apply(host, new SagaOperation.Signal("s", "go", Texts.bytes("x")));
        assertThatThrownBy(() -> fixture.start(host, "u", waiting))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("remembers 1 sagas");
    }

    @Test
    void aShardThatIsNotServedHereRefusesAndNothingIsDone() {
        SagaDefinition<String> definition =
                fixture.noted(fixture.define("one", 1), "one").build();
        SagaHost host = fixture.host("a", SagaConfig.standard(), definition);
        assertThatThrownBy(() -> fixture.start(host, "s", definition)).isInstanceOf(UnavailableException.class);
        fixture.serve(host, "a");
        fixture.start(host, "s", definition);
        fixture.await(host.drain(Fixture.SHARD));
        assertThatThrownBy(() -> fixture.find(host, "s")).isInstanceOf(UnavailableException.class);
    }

    @Test
    void aResultThatIsTooLargeTakesTheSagaBack() {
        SagaBuilder<String> builder = fixture.define("large", 1);
        SagaDefinition<String> large = builder.step("big", String.class, (context, input) -> "x".repeat(70_000))
                .compensate((context, input, result) -> fixture.log.add("undo"))
                .build();
        SagaHost host = fixture.serving("a", large);
        fixture.start(host, "s", large);
        assertThat(fixture.end(host, "s").detail()).contains("(70000 bytes) must have at most 65536");
        assertThat(fixture.log).containsExactly("undo");
    }
}
