package io.holdfast.testkit.history;

import java.util.ArrayList;
import java.util.List;

/** Linearizability by trying all orders. Exponential, and too plain to be wrong. */
final class Oracle {
    private Oracle() {}

    static <S, I, O> boolean linearizable(Model<S, I, O> model, History<I, O> history) {
        List<Operation<I, O>> operations = new ArrayList<>(history.operations());
        operations.removeIf(operation -> operation.outcome() instanceof Outcome.Failed);
        return possible(model, model.initial(), operations);
    }

    private static <S, I, O> boolean possible(Model<S, I, O> model, S state, List<Operation<I, O>> left) {
        if (left.stream().allMatch(operation -> operation.outcome() instanceof Outcome.Unknown)) {
            return true;
        }
        long firstEnd = left.stream().mapToLong(Operation::returned).min().orElseThrow();
        for (Operation<I, O> next : left) {
            if (next.invoked() < firstEnd) {
                List<Operation<I, O>> others = new ArrayList<>(left);
                others.remove(next);
                boolean works = next.outcome() instanceof Outcome.Ok<O> ok
                        ? model.step(state, next.input(), ok.output())
                                .filter(after -> possible(model, after, others))
                                .isPresent()
                        : possible(model, model.effect(state, next.input()), others);
                if (works) {
                    return true;
                }
            }
        }
        return false;
    }
}
