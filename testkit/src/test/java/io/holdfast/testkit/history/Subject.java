package io.holdfast.testkit.history;

import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A model, the real object it describes, and operations to ask it for. */
record Subject<S, I, O>(
        Model<S, I, O> model, Supplier<Function<I, O>> object, Inputs<I, O> inputs, Function<RandomGenerator, O> lies) {
    /** The next operation of a process, which may hang on what it was told before. */
    interface Inputs<I, O> {
        I next(RandomGenerator random, int number, java.util.List<O> told);
    }
}
