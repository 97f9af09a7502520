package io.holdfast.replication.saga;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a definition refuses, and what must never change in it. */
class SagaDefinitionTest {
    private static SagaBuilder<String> define() {
        return Saga.define("trip", 1, String.class, new Texts());
    }

    @Test
    void theStructureTellsKindsNamesAndOrder() {
        SagaDefinition<String> leg =
                define().step("seat", (context, input) -> {}).build();
        String structure = define().step("reserve", (context, input) -> {})
                .parallel(
                        "both",
                        one -> one.sleep("nap", Duration.ofSeconds(1)),
                        other -> other.awaitSignal("go", String.class).child("leg", leg, (context, input) -> input))
                .build()
                .structure();
        assertThat(structure).isEqualTo("""
                step reserve
                parallel both
                 branch
                  sleep nap
                 branch
                  signal go
                  child leg of trip/1
                """);
    }

    @Test
    void theKeyOfAnEffectIsMadeOfSagaStepAndDirectionForEver() {
        SagaRules rules = new SagaRules();
        assertThat(rules.key("order-17", "pay", Direction.DO, 1)).isEqualTo("order-17/pay/do");
        assertThat(rules.key("order-17/leg", "pay", Direction.UNDO, 9)).isEqualTo("order-17/leg/pay/undo");
    }

    @Test
    void mistakesAreRefusedWithTheRemedy() {
        assertThatThrownBy(() -> define().sleep("a", Duration.ofSeconds(1)).step("a", (context, input) -> {}))
                .hasMessageContaining("two steps named a");
        assertThatThrownBy(() -> define().build()).hasMessageContaining("has no step");
        assertThatThrownBy(() -> define().parallel("both", one -> one.sleep("a", Duration.ofSeconds(1))))
                .hasMessageContaining("at least two");
        assertThatThrownBy(() -> Saga.define("trip", 0, String.class, new Texts()))
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> new SagaStart("a/b", "trip", 1, new byte[0], ""))
                .hasMessageContaining("no slash");
        assertThatThrownBy(() -> new SagaStart("a", "trip", 1, new byte[70_000], ""))
                .hasMessageContaining("at most 65536");
    }

    @Test
    void recordsAreTheSameAfterAJourney() {
        byte[] bytes = {1, 2, 3};
        List<SagaRecord> records = List.of(
                new SagaRecord.Started("trip", 2, "step a\n", bytes, 17, "trace"),
                new SagaRecord.Attempted("a", Direction.UNDO, 3),
                new SagaRecord.Succeeded("a", Direction.DO, bytes),
                new SagaRecord.Failed("a", Direction.DO, SagaRecord.Failure.REFUSED, 99, "why"),
                new SagaRecord.Waiting("b", 4),
                new SagaRecord.Woke("b"),
                new SagaRecord.Signalled("c", bytes),
                new SagaRecord.ChildStarted("d", bytes),
                new SagaRecord.Turned(SagaRecord.Cause.DEADLINE, "late"),
                new SagaRecord.Parked("a", Direction.UNDO, "stuck"),
                new SagaRecord.Resolved("a", Direction.UNDO, SagaRecord.Resolution.DONE, bytes, "me"),
                new SagaRecord.Ended(SagaRecord.Outcome.ABORTED, "why", "trip", 2, 8, bytes, bytes));
        SagaEntry entry = new SagaEntry(5, 6, "node", records);
        byte[] once = SagaEntryCodec.encode(List.of(entry, entry));
        List<SagaEntry> back = SagaEntryCodec.decode(once);
        assertThat(SagaEntryCodec.encode(back)).isEqualTo(once);
        assertThat(back.get(1).records()).usingRecursiveComparison().isEqualTo(records);
        assertThat(records.stream().map(Object::getClass).distinct().count())
                .isEqualTo(SagaRecord.class.getPermittedSubclasses().length);
    }

    @Test
    void anOutlineIsBoundedAndKeepsBeginningAndEnd() {
        Outline outline = new Outline();
        for (int i = 0; i < 1000; i++) {
            outline.add(new SagaEntry(
                    i,
                    1,
                    "node",
                    List.of(new SagaRecord.Failed(
                            "step", Direction.DO, SagaRecord.Failure.UNKNOWN, i, "x".repeat(500)))));
        }
        assertThat(SagaEntryCodec.encode(outline.entries()).length).isLessThan(5000);
        assertThat(outline.entries().get(0).atMillis()).isZero();
        assertThat(outline.entries().get(outline.entries().size() - 1).atMillis())
                .isEqualTo(999);
    }
}
