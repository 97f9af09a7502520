package io.holdfast.replication.saga;

import java.util.Optional;

/**
 * Takes a step back. It must be idempotent by its key, and it must bear that the step never happened: then it sees to it that a late call under {@link StepContext#effectKey()} has no effect any more.
 *
 * @param <I> the saga's input
 * @param <O> the step's result
 */
@FunctionalInterface
public interface Compensation<I, O> {
    /**
     * Takes the step back.
     *
     * @param context its own idempotency key, and that of the step
     * @param input the saga's input
     * @param result what the step answered, or empty if its outcome is unknown
     * @throws Exception as of a {@link StepFunction}; when its retries are used up the saga parks
     */
    void undo(StepContext context, I input, Optional<O> result) throws Exception;
}
