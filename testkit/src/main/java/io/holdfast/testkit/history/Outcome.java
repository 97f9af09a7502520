package io.holdfast.testkit.history;

/**
 * How an operation ended, as its client knows it.
 *
 * @param <O> the type of the results
 */
public sealed interface Outcome<O> {
    /**
     * The operation was acknowledged.
     *
     * @param output what the client was told
     * @param <O> the type of the results
     */
    record Ok<O>(O output) implements Outcome<O> {}

    /**
     * The operation surely has no effect, now or later.
     *
     * @param <O> the type of the results
     */
    record Failed<O>() implements Outcome<O> {}

    /**
     * Nobody knows: the operation may take effect at any time after it began, also long after the client gave up, or never.
     *
     * @param <O> the type of the results
     */
    record Unknown<O>() implements Outcome<O> {}
}
