package io.holdfast.testkit.contract;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** How a suite waits: in real time, polling a condition. An implementation in virtual time lets that pass instead. */
public interface Waiting {
    /** How long a suite waits before it calls a condition failed. */
    Duration LIMIT = Duration.ofSeconds(90);

    /**
     * Waits for a condition.
     *
     * @param what what is waited for, for the message
     * @param condition the condition
     * @throws AssertionError or another exception if it does not hold within {@link #LIMIT}
     */
    default void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(LIMIT)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(condition::getAsBoolean);
    }

    /**
     * Waits for a stage.
     *
     * @param what what is waited for, for the message
     * @param stage the stage
     * @param <T> its result
     * @return its result
     * @throws CompletionException with the cause if the stage fails
     */
    default <T> T await(String what, CompletionStage<T> stage) {
        var future = stage.toCompletableFuture();
        await(what, future::isDone);
        return future.join();
    }
}
