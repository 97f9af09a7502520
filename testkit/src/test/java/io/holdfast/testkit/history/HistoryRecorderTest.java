package io.holdfast.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.env.Environment;
import io.holdfast.testkit.history.Histories.Faults;
import io.holdfast.testkit.history.RegisterModel.Read;
import io.holdfast.testkit.history.RegisterModel.Value;
import io.holdfast.testkit.history.RegisterModel.Write;
import io.holdfast.testkit.history.RegisterModel.Written;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryRecorderTest {
    @Test
    void whatManyThreadsDoToAnAtomicLongIsACounter() throws Exception {
        try (Environment environment = Environment.system()) {
            HistoryRecorder<CounterModel.Input, CounterModel.Value> recorder =
                    new HistoryRecorder<>(environment.clock());
            AtomicLong counter = new AtomicLong();
            List<Thread> threads = new ArrayList<>();
            for (int process = 0; process < 4; process++) {
                int self = process;
                threads.add(environment.threads().start("client-" + process, () -> {
                    for (int i = 0; i < 1_000; i++) {
                        var pending = recorder.invoke(self, "c", new CounterModel.Add(1));
                        pending.ok(new CounterModel.Value(counter.addAndGet(1)));
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            var history = recorder.history();
            assertThat(history.operations()).hasSize(4_000);
            LinearizabilityChecker.of(new CounterModel()).check(history).requireValid();
            assertThat(HistoryProbes.countersOff(history, Map.of("c", 4_000L))).isEmpty();
            assertThat(HistoryProbes.countersOff(history, Map.of("c", 3_999L)))
                    .containsExactly("counter c (3999) must be between 4000 and 4000, by its acknowledged and unknown"
                            + " additions");
        }
    }

    @Test
    void anOperationEndsOnceAndAnOpenOneIsUnknown() {
        HistoryRecorder<RegisterModel.Input, RegisterModel.Output> recorder = new HistoryRecorder<>(() -> 0);
        var write = recorder.invoke(1, "k", new Write("a"));
        write.ok(new Written());
        recorder.invoke(2, "k", new Read());
        assertThatThrownBy(write::unknown)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has ended already; end it once");
        assertThat(recorder.history().operations().get(1).outcome()).isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void aHistoryReadFromItsFileIsTheSame(@TempDir Path directory) throws Exception {
        var script = new Script<RegisterModel.Input, RegisterModel.Output>()
                .ok(1, 1, 2, new Write("quote \" backslash \\ line \n \u2028 \ud83d\ude00"), new Written())
                .ok(1, 3, 4, new Read(), new Value(null))
                .failed(2, 5, 6, new Write(""))
                .unknown(3, 7, new Read());
        Path file = directory.resolve("history.jsonl");
        script.history().write(file);
        assertThat(Files.readAllLines(file)).hasSize(4);
        assertThat(History.read(file, RegisterModel.Input.class, RegisterModel.Output.class))
                .isEqualTo(script.history());
        for (Subject<?, ?, ?> subject : Subjects.all()) {
            var history = Histories.good(subject, 1, 100, 5, 2, new Faults(10, 10));
            history.write(file);
            assertThat(History.read(file, inputs(subject), outputs(subject))).isEqualTo(history);
        }
    }

    private static Class<?> inputs(Subject<?, ?, ?> subject) {
        return member(subject, "Input");
    }

    private static Class<?> outputs(Subject<?, ?, ?> subject) {
        return member(subject, subject.model() instanceof CounterModel ? "Value" : "Output");
    }

    private static Class<?> member(Subject<?, ?, ?> subject, String name) {
        return List.of(subject.model().getClass().getDeclaredClasses()).stream()
                .filter(type -> type.getSimpleName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aLineThatIsNoOperationIsNamed(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("history.jsonl");
        Files.writeString(file, "{\"process\":1,\"key\":\"k\",\"input\":\"Jump\"}\n");
        assertThatThrownBy(() -> History.read(file, RegisterModel.Input.class, RegisterModel.Output.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("operation 1 of ")
                .hasMessageContaining("input (Jump) must be one of [Read, Write, Cas]");
    }

    private static final Function<Operation<RegisterModel.Input, RegisterModel.Output>, OptionalLong> WRITTEN =
            operation -> operation.input() instanceof Write write
                    ? OptionalLong.of(Long.parseLong(write.value()))
                    : OptionalLong.empty();

    private static final Function<Operation<RegisterModel.Input, RegisterModel.Output>, OptionalLong> READ =
            operation -> operation.outcome() instanceof Outcome.Ok<RegisterModel.Output> ok
                            && ok.output() instanceof Value read
                    ? OptionalLong.of(read.value() == null ? 0 : Long.parseLong(read.value()))
                    : OptionalLong.empty();

    private static Script<RegisterModel.Input, RegisterModel.Output> oneWriter() {
        return new Script<RegisterModel.Input, RegisterModel.Output>()
                .ok(1, 1, 2, new Write("1"), new Written())
                .unknown(1, 3, new Write("2"))
                .ok(2, 4, 5, new Read(), new Value("2"));
    }

    @Test
    void aReadThatIsOlderThanAnAcknowledgedWriteIsFoundInLinearTime() {
        assertThat(HistoryProbes.staleReads(oneWriter().history(), WRITTEN, READ))
                .isEmpty();
        assertThat(HistoryProbes.staleReads(
                        oneWriter().ok(3, 6, 7, new Read(), new Value(null)).history(), WRITTEN, READ))
                .singleElement()
                .asString()
                .contains("process 3 [6, 7]", "is stale: version 1 was acknowledged before it began");
        assertThat(HistoryProbes.staleReads(
                        oneWriter().ok(3, 6, 7, new Read(), new Value("3")).history(), WRITTEN, READ))
                .singleElement()
                .asString()
                .contains("nobody had begun to write");
    }

    @Test
    void aProcessThatSeesTheRevisionGoBackIsFound() {
        assertThat(HistoryProbes.revisionsGoBack(
                        oneWriter().ok(3, 6, 7, new Read(), new Value("1")).history(), READ))
                .isEmpty();
        assertThat(HistoryProbes.revisionsGoBack(
                        oneWriter().ok(2, 6, 7, new Read(), new Value("1")).history(), READ))
                .singleElement()
                .asString()
                .contains("process 2 [6, 7]", "saw revision 1 after process 2 [4, 5]");
    }
}
