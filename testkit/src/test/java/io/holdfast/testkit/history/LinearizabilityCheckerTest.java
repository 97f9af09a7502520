package io.holdfast.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.testkit.history.Histories.Faults;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LinearizabilityCheckerTest {
    private static final Faults NONE = new Faults(0, 0);
    private static final Faults SOME = new Faults(10, 5);

    @Property(tries = 60)
    void whatAnAtomicObjectDidIsValid(@ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int processes) {
        for (Subject<?, ?, ?> subject : Subjects.quick()) {
            good(subject, seed, 60, processes, NONE);
            good(subject, seed, 40, processes, SOME);
        }
    }

    private static <S, I, O> void good(
            Subject<S, I, O> subject, long seed, int operations, int processes, Faults faults) {
        History<I, O> history = Histories.good(subject, seed, operations, processes, 1, faults);
        LinearizabilityChecker.of(subject.model()).check(history).requireValid();
    }

    @Property(tries = 500)
    void agreesWithTryingAllOrders(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int processes) {
        for (Subject<?, ?, ?> subject : Subjects.all()) {
            compare(subject, seed, processes);
        }
    }

    private static <S, I, O> void compare(Subject<S, I, O> subject, long seed, int processes) {
        History<I, O> history = Histories.good(subject, seed, 8, processes, 1, new Faults(20, 5));
        for (int lies = 0; lies < 3; lies++) {
            Verdict verdict = LinearizabilityChecker.of(subject.model()).check(history);
            assertThat(verdict.status())
                    .as("%s", history)
                    .isEqualTo(
                            Oracle.linearizable(subject.model(), history)
                                    ? Verdict.Status.VALID
                                    : Verdict.Status.INVALID);
            history = Histories.withALie(subject, history, seed + lies);
        }
    }

    @Test
    void longHistoriesOfSeveralKeysAreDecided() {
        large(Subjects.register(), 1_000, 10, NONE);
        large(Subjects.queue(), 1_000, 2, NONE);
        large(Subjects.versioned(), 1_000, 2, NONE);
        large(Subjects.counter(), 1_000, 2, SOME);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void aHundredThousandOperationsOnAHundredKeysAreDecided() {
        large(Subjects.register(), 1_000, 100, NONE);
        large(Subjects.queue(), 1_000, 10, NONE);
        large(Subjects.versioned(), 1_000, 20, NONE);
        large(Subjects.counter(), 1_000, 20, SOME);
    }

    /** As many clients and unknown outcomes as the nemesis of kv-node lets one queue have, and more. */
    @Test
    void queuesOfWhichManyOutcomesAreUnknownAreDecided() {
        for (int seed = 0; seed < 20; seed++) {
            var history = Histories.good(Subjects.queue(), seed, 250, 4, 1, new Faults(6, 3));
            LinearizabilityChecker.of(new QueueModel())
                    .withBudget(2_000_000)
                    .check(history)
                    .requireValid();
        }
    }

    private static <S, I, O> void large(Subject<S, I, O> subject, int operations, int keys, Faults faults) {
        History<I, O> history = Histories.good(subject, 7, operations, 10, keys, faults);
        Verdict verdict = LinearizabilityChecker.of(subject.model()).check(history);
        verdict.requireValid();
        assertThat(verdict.operations()).isEqualTo(operations * keys);
        assertThat(verdict.keys()).isEqualTo(keys);
    }

    @Test
    void aSearchThatExceedsItsBudgetIsUndecidedAndSaysSo() {
        var history = Histories.good(Subjects.fewValues(), 3, 200, 10, 1, SOME);
        Verdict verdict =
                LinearizabilityChecker.of(new QueueModel()).withBudget(1).check(history);
        assertThat(verdict.status()).isEqualTo(Verdict.Status.UNDECIDED);
        assertThatThrownBy(verdict::requireValid)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no answer within the budget (1 steps)");
    }
}
