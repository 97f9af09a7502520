package io.holdfast.replication.saga;

/**
 * Asks what became of a step that is not idempotent and whose outcome is unknown. It changes nothing.
 *
 * @param <I> the saga's input
 * @param <O> the step's result
 */
@FunctionalInterface
public interface StatusCheck<I, O> {
    /**
     * Asks.
     *
     * @param context the step's key, deadline, earlier results
     * @param input the saga's input
     * @return what became of it
     * @throws Exception as of a {@link StepFunction}
     */
    StepStatus<O> ask(StepContext context, I input) throws Exception;
}
