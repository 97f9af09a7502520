package io.holdfast.replication.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReplicatedJournal.Entry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the next owner of a shard does with the sagas of the one before, with the same code and with other. */
class SagaTakeOverTest {
    private final Fixture fixture = new Fixture();

    private SagaDefinition<String> waiting(int version, String... steps) {
        SagaBuilder<String> builder = fixture.define("trip", version);
        fixture.noted(builder, steps[0]);
        builder.awaitSignal("go", String.class);
        for (int i = 1; i < steps.length; i++) {
            fixture.noted(builder, steps[i]);
        }
        return builder.build();
    }

    private void go(SagaHost host, String id) {
        fixture.apply(host, new SagaOperation.Signal(id, "go", Texts.bytes("x")));
    }

    @Test
    void theNextOwnerGoesOnWhereTheFormerStoodAndTheFormerWritesNothingMore() {
        SagaDefinition<String> trip = waiting(1, "one", "two");
        SagaHost former = fixture.serving("a", trip);
        fixture.start(former, "s", trip);
        fixture.pass(Duration.ofSeconds(1));
        SagaHost next = fixture.serving("b", trip);
        assertThatThrownBy(() -> go(former, "s")).isInstanceOf(io.holdfast.core.HoldfastException.class);
        assertThat(fixture.find(next, "s").status()).isEqualTo(SagaView.Status.RUNNING);
        go(next, "s");
        assertThat(fixture.end(next, "s").status()).isEqualTo(SagaView.Status.COMPLETED);
        assertThat(fixture.log).containsExactly("do s/one/do", "do s/two/do");
    }

    @Test
    void timersGoOnAtTheirTimeOnTheNextNode() {
        SagaDefinition<String> nap =
                fixture.define("nap", 1).sleep("night", Duration.ofHours(8)).build();
        SagaHost former = fixture.serving("a", nap);
        fixture.start(former, "s", nap);
        fixture.pass(Duration.ofHours(7));
        former.close();
        SagaHost next = fixture.serving("b", nap);
        fixture.pass(Duration.ofMinutes(50));
        assertThat(fixture.find(next, "s").status()).isEqualTo(SagaView.Status.RUNNING);
        fixture.pass(Duration.ofMinutes(11));
        assertThat(fixture.find(next, "s").status()).isEqualTo(SagaView.Status.COMPLETED);
    }

    @Test
    void drainWaitsForWhatRunsAndBeginsNothingNew() {
        SagaDefinition<String> trip = waiting(1, "one", "two", "three");
        SagaHost former = fixture.serving("a", trip);
        fixture.start(former, "s", trip);
        fixture.pass(Duration.ofSeconds(1));
        fixture.await(former.drain(Fixture.SHARD));
        fixture.pass(Duration.ofSeconds(1));
        SagaHost next = fixture.serving("b", trip);
        go(next, "s");
        fixture.end(next, "s");
        assertThat(fixture.await(next.timeline(Fixture.SHARD, "s")).entries().stream()
                        .map(SagaEntry::node)
                        .distinct())
                .containsExactly("a", "b");
    }

    @Test
    void changedCodeUnderTheSameVersionIsReportedAndNotRun() {
        SagaDefinition<String> then = waiting(1, "one", "two", "three");
        SagaHost former = fixture.serving("a", then);
        fixture.start(former, "s", then);
        fixture.pass(Duration.ofSeconds(1));
        SagaHistory history = fixture.await(former.history(Fixture.SHARD, "s"));

        SagaDefinition<String> now = waiting(1, "one", "three", "two");
        SagaHost next = fixture.serving("b", now);
        String difference = "line 3 of trip/1 was 'step two', and it is 'step three' now";
        assertThat(fixture.find(next, "s").status()).isEqualTo(SagaView.Status.DIVERGED);
        assertThat(fixture.await(next.diverged()).get(0).detail()).contains(difference);
        assertThatThrownBy(() -> go(next, "s"))
                .isInstanceOf(SagaRefusedException.class)
                .hasMessageContaining(difference);
        assertThatThrownBy(() -> SagaReplay.check(now, SagaHistory.decode("s", history.encode())))
                .isInstanceOf(SagaDivergedException.class)
                .hasMessageContaining(difference);
        assertThat(SagaReplay.check(then, history).status()).isEqualTo(SagaView.Status.RUNNING);

        SagaHost right = fixture.serving("c", then);
        go(right, "s");
        assertThat(fixture.end(right, "s").status()).isEqualTo(SagaView.Status.COMPLETED);
    }

    @Test
    void versionsRunSideBySideAndEachSagaKeepsItsOwn() {
        SagaDefinition<String> old = waiting(1, "one", "two");
        SagaHost former = fixture.serving("a", old);
        fixture.start(former, "s", old);
        fixture.pass(Duration.ofSeconds(1));
        SagaDefinition<String> changed = waiting(2, "zero", "one");
        SagaHost next = fixture.serving("b", old, changed);
        assertThat(fixture.await(next.start(Fixture.SHARD, new SagaStart("t", "trip", 0, changed.encode("input"), "")))
                        .version())
                .isEqualTo(2);
        go(next, "s");
        go(next, "t");
        assertThat(fixture.end(next, "s").version()).isEqualTo(1);
        assertThat(fixture.end(next, "t").version()).isEqualTo(2);
        assertThat(fixture.log).containsExactly("do s/one/do", "do t/zero/do", "do s/two/do", "do t/one/do");
    }

    @Test
    void aVersionThatIsNotRegisteredAndAHistoryThatCannotBeReadAreListedAndCanBeGivenUp() {
        SagaDefinition<String> old = waiting(1, "one");
        SagaHost former = fixture.serving("a", old);
        fixture.start(former, "s", old);
        fixture.pass(Duration.ofSeconds(1));
        fixture.await(fixture.view("a")
                .append(List.of(new Entry("s/0007/0/broken", new byte[] {9, 9})), List.of(), Deadline.NONE));
        SagaHost next = fixture.serving("b");
        assertThat(fixture.find(next, "s").detail()).contains("trip/1, which is not registered on this node");
        assertThat(fixture.find(next, "broken").detail()).contains("has version 9");
        assertThat(fixture.meters("b")
                        .get("holdfast.saga.alive")
                        .tag("state", "diverged")
                        .gauge()
                        .value())
                .isEqualTo(2);
        for (String id : List.of("s", "broken")) {
            assertThat(fixture.apply(next, new SagaOperation.Abort(id, "me")).status())
                    .isEqualTo(SagaView.Status.ABORTED);
        }
        SagaHost later = fixture.serving("c", old);
        assertThat(fixture.find(later, "s").status()).isEqualTo(SagaView.Status.ABORTED);
        assertThat(fixture.find(later, "broken").status()).isEqualTo(SagaView.Status.ABORTED);
    }

    @Test
    void aRecordThatTheDefinitionCouldNotHaveWrittenIsADivergence() {
        SagaDefinition<String> trip = waiting(1, "one", "two");
        SagaRecord.Started started = new SagaRecord.Started("trip", 1, trip.structure(), trip.encode("input"), 0, "");
        List<SagaRecord> tooEarly = List.of(started, new SagaRecord.Attempted("two", Direction.DO, 1));
        List<SagaRecord> notAttempted = List.of(started, new SagaRecord.Succeeded("one", Direction.DO, new byte[0]));
        List<SagaRecord> unknown = List.of(started, new SagaRecord.Attempted("ten", Direction.DO, 1));
        for (List<SagaRecord> records : List.of(tooEarly, notAttempted, unknown)) {
            assertThatThrownBy(() ->
                            SagaReplay.check(trip, new SagaHistory("s", List.of(new SagaEntry(1, 1, "a", records)))))
                    .isInstanceOf(SagaDivergedException.class)
                    .hasMessageContaining("as trip/1 is now");
        }
    }
}
