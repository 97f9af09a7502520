package io.holdfast.replication.saga;

/**
 * A step: an ordinary call. It runs on a handler thread, may block, and is interrupted when its time is over.
 *
 * <p>What it throws is advice, as of {@link io.holdfast.core.HoldfastException#retry()}: {@code SAFE} was surely not done and is tried again, {@code NEVER} ends the saga, and anything else has an unknown
 * outcome and is tried again under the same idempotency key. {@link StepRefusedException} says that it was surely not done and never will be.
 *
 * @param <I> the saga's input
 * @param <O> the step's result
 */
@FunctionalInterface
public interface StepFunction<I, O> {
    /**
     * Does the step.
     *
     * @param context the idempotency key to hand on, the deadline, earlier results
     * @param input the saga's input
     * @return the result, which later steps can read
     * @throws Exception see the interface
     */
    O run(StepContext context, I input) throws Exception;
}
