package io.holdfast.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testkit.history.Histories.Faults;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
    private static final Faults NONE = new Faults(0, 0);
    private static final Faults SOME = new Faults(10, 5);

    @Property(tries = 300)
    void whatAnAtomicObjectDidIsValid(@ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int processes) {
        for (Subject<?, ?, ?> subject : Subjects.all()) {
            good(subject, seed, 60, processes, NONE);
            good(subject, seed, 40, processes, SOME);
        }
    }

    private static <S, I, O> void good(
            Subject<S, I, O> subject, long seed, int operations, int processes, Faults faults) {
        History<I, O> history = Histories.good(subject, seed, operations, processes, 1, faults);
        LinearizabilityChecker.of(subject.model()).check(history).requireValid();
    }

    @Property(tries = 3000)
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
    void aHundredThousandOperationsOnAHundredKeysAreChecked() {
        for (Subject<?, ?, ?> subject : Subjects.all().subList(0, 7)) {
            large(subject);
        }
    }

    private static <S, I, O> void large(Subject<S, I, O> subject) {
        History<I, O> history = Histories.good(subject, 7, 1_000, 10, 100, NONE);
        long from = System.nanoTime();
        Verdict verdict = LinearizabilityChecker.of(subject.model()).check(history);
        System.out.println(subject.model() + " " + verdict.status() + " " + verdict.configurations() + " "
                + (System.nanoTime() - from) / 1_000_000 + " ms");
        history = Histories.good(subject, 8, 1_000, 10, 5, new Faults(3, 2));
        from = System.nanoTime();
        verdict = LinearizabilityChecker.of(subject.model()).check(history);
        System.out.println(subject.model() + " " + verdict.status() + " unknown " + verdict.configurations() + " "
                + (System.nanoTime() - from) / 1_000_000 + " ms");
    }
}
