package io.holdfast.replication.saga;

/**
 * A step without a result. The rules are those of {@link StepFunction}.
 *
 * @param <I> the saga's input
 */
@FunctionalInterface
public interface StepAction<I> {
    /**
     * Does the step.
     *
     * @param context the idempotency key to hand on, the deadline, earlier results
     * @param input the saga's input
     * @throws Exception see {@link StepFunction}
     */
    void run(StepContext context, I input) throws Exception;
}
