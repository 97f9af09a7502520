package io.holdfast.replication.saga;

/**
 * What became of a step whose outcome was unknown.
 *
 * @param <O> the step's result
 */
public sealed interface StepStatus<O> {
    /**
     * It was done.
     *
     * @param result its result
     * @param <O> the step's result
     */
    record Done<O>(O result) implements StepStatus<O> {}

    /**
     * It was not done, and what is under way will not do it any more: it is called again.
     *
     * @param <O> the step's result
     */
    record NotDone<O>() implements StepStatus<O> {}

    /**
     * Nobody can tell yet: it is asked again as the step's retry policy says, then the saga parks.
     *
     * @param <O> the step's result
     */
    record Unknown<O>() implements StepStatus<O> {}

    /**
     * It was done.
     *
     * @param result its result
     * @param <O> the step's result
     * @return the status
     */
    static <O> StepStatus<O> done(O result) {
        return new Done<>(result);
    }

    /**
     * It was not done, and will not be.
     *
     * @param <O> the step's result
     * @return the status
     */
    static <O> StepStatus<O> notDone() {
        return new NotDone<>();
    }

    /**
     * Nobody can tell yet.
     *
     * @param <O> the step's result
     * @return the status
     */
    static <O> StepStatus<O> unknown() {
        return new Unknown<>();
    }
}
