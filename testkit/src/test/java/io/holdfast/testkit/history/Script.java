package io.holdfast.testkit.history;

import java.util.ArrayList;
import java.util.List;

/** A history written down by hand: each operation with the times of its beginning and its end. */
final class Script<I, O> {
    private final List<Operation<I, O>> operations = new ArrayList<>();

    Script<I, O> ok(int process, int from, int to, I input, O output) {
        return add(process, from, to, input, new Outcome.Ok<>(output));
    }

    Script<I, O> unknown(int process, int from, I input) {
        return add(process, from, Operation.NEVER, input, new Outcome.Unknown<>());
    }

    Script<I, O> failed(int process, int from, int to, I input) {
        return add(process, from, to, input, new Outcome.Failed<>());
    }

    private Script<I, O> add(int process, int from, long to, I input, Outcome<O> outcome) {
        operations.add(new Operation<>(process, "k", input, outcome, from, to, 0, 0));
        return this;
    }

    History<I, O> history() {
        return new History<>(operations);
    }

    <S> Verdict check(Model<S, I, O> model) {
        return LinearizabilityChecker.of(model).check(history());
    }
}
