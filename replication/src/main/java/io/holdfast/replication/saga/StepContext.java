package io.holdfast.replication.saga;

import io.holdfast.core.Deadline;
import java.util.Optional;

/** What a step knows of its saga. Belongs to the attempt. */
public interface StepContext {
    /**
     * The saga.
     *
     * @return its id
     */
    String sagaId();

    /**
     * The step.
     *
     * @return its name
     */
    String step();

    /**
     * Hand this to the service that does the effect, which does it once for each key: the same for all attempts of this step in this direction, on whatever node.
     *
     * @return {@code <saga id>/<step>/do}, or {@code .../undo} in a compensation
     */
    String idempotencyKey();

    /**
     * The key under which the step itself is done, which is what a compensation takes back.
     *
     * @return {@code <saga id>/<step>/do}
     */
    String effectKey();

    /**
     * How often this was begun, on all nodes together.
     *
     * @return 1 for the first attempt
     */
    int attempt();

    /**
     * When the attempt is interrupted.
     *
     * @return the deadline on this node's monotonic clock
     */
    Deadline deadline();

    /**
     * Grows with each change of the node that runs the saga: who remembers the largest can refuse calls of earlier owners.
     *
     * @return the epoch of the shard
     */
    long fencingToken();

    /**
     * What an earlier step, signal or child answered.
     *
     * @param step its name
     * @param type the class of its result
     * @param <T> the class of its result
     * @return the result, or empty if it has none (yet)
     * @throws IllegalArgumentException if the saga has no such step
     * @throws ClassCastException if the result is of another class
     */
    <T> Optional<T> result(String step, Class<T> type);
}
