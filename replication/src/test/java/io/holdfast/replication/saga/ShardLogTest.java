package io.holdfast.replication.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An append to a history is made once, or the owner is deposed, whatever its outcome seems to be. */
class ShardLogTest {
    private final Fixture fixture = new Fixture();
    private final List<Integer> madeAtCalls = new ArrayList<>();

    private SagaDefinition<String> trip(DoubtfulJournal journal) {
        SagaBuilder<String> builder = fixture.define("trip", 1).step("one", (context, input) -> {
            madeAtCalls.add(journal.made);
            fixture.log.add("one");
        });
        return fixture.noted(builder, "two").awaitSignal("go", String.class).build();
    }

    private SagaHost serving(DoubtfulJournal journal, SagaRules rules) {
        SagaTracing tracing = new SagaTracing(TracerProvider.noop().get(""));
        StepRunner runner = new ThreadStepRunner(
                fixture.environment.threads().handlers("steps", 100), fixture.environment.clock(), tracing);
        SagaHost host = new SagaHost(
                fixture.environment,
                NodeId.of("a"),
                Telemetries.none(fixture.environment),
                new SagaHost.Plan(SagaConfig.standard(), rules, runner, () -> {}));
        fixture.serve(host, journal.journal);
        return host;
    }

    @ParameterizedTest
    @EnumSource(DoubtfulJournal.Fate.class)
    void anEffectIsCalledOnceAndAfterItsIntentIsCommitted(DoubtfulJournal.Fate fate) {
        assertThat(callsAfter(fate, new SagaRules())).hasSize(1).allMatch(made -> made >= 1);
        assertThat(fixture.log).containsExactly("one", "do s/two/do");
    }

    @Test
    void thatWouldBeFoundIfAnUnknownAppendWereBelieved() {
        assertThat(callsAfter(DoubtfulJournal.Fate.LOST, Mutant.UNKNOWN_APPEND_BELIEVED.rules))
                .contains(0);
    }

    private List<Integer> callsAfter(DoubtfulJournal.Fate fate, SagaRules rules) {
        DoubtfulJournal journal = new DoubtfulJournal(fixture.environment, fixture.view("a"), fate);
        SagaDefinition<String> trip = trip(journal);
        SagaHost host = serving(journal, rules);
        host.register(trip);
        fixture.start(host, "s", trip);
        fixture.pass(Duration.ofSeconds(30));
        return madeAtCalls;
    }

    @Test
    void anAppendThatComesLateDoesNotReplaceWhatWasAppendedSince() {
        assertThat(stepsAfterTakeOver(new SagaRules())).containsExactly("one", "do s/two/do");
    }

    @Test
    void thatWouldBeFoundIfThereWereNoConditionOnTheHistory() {
        assertThat(stepsAfterTakeOver(Mutant.NO_CONDITION_ON_THE_HISTORY.rules)).hasSizeGreaterThan(2);
    }

    private List<String> stepsAfterTakeOver(SagaRules rules) {
        DoubtfulJournal journal =
                new DoubtfulJournal(fixture.environment, fixture.view("a"), DoubtfulJournal.Fate.LATE);
        SagaDefinition<String> trip = trip(journal);
        SagaHost former = serving(journal, rules);
        former.register(trip);
        fixture.start(former, "s", trip);
        fixture.pass(Duration.ofSeconds(20));
        fixture.serving("b", trip);
        fixture.pass(Duration.ofSeconds(1));
        return fixture.log;
    }

    @Test
    void anOwnerThatFindsAnotherHistoryStops() {
        DoubtfulJournal journal = new DoubtfulJournal(fixture.environment, fixture.view("a"));
        SagaDefinition<String> trip = trip(journal);
        SagaHost host = serving(journal, new SagaRules());
        host.register(trip);
        fixture.start(host, "s", trip);
        SagaHost twin = fixture.host("b", SagaConfig.standard(), trip);
        twin.serve(Fixture.SHARD, new Epoch(9), fixture.view("b"));
        fixture.pass(Duration.ofSeconds(1));
        host.apply(Fixture.SHARD, new SagaOperation.Signal("s", "go", Texts.bytes("x")));
        fixture.pass(Duration.ofSeconds(1));
        assertThatThrownBy(() -> fixture.find(host, "s")).isInstanceOf(UnavailableException.class);
        assertThat(fixture.find(twin, "s").status()).isEqualTo(SagaView.Status.RUNNING);
    }
}
