package io.holdfast.consensus;

import io.holdfast.consensus.primitive.QueueType;
import io.holdfast.core.Check;
import java.time.Duration;

/**
 * How a {@link WorkQueue} behaves for those who use it with these options.
 *
 * @param capacity how many items there may be, those taken and the dead letters included; a further one is refused
 * @param maxDeliveries after how many deliveries an item that was not acknowledged becomes a dead letter
 * @param visibility for how long an item that was taken is invisible to others, in the group's time, at most a week
 */
public record WorkQueueOptions(int capacity, int maxDeliveries, Duration visibility) {
    /**
     * Validates the bounds.
     *
     * @param capacity as the component
     * @param maxDeliveries as the component
     * @param visibility as the component
     * @throws IllegalArgumentException if a value is out of bounds
     */
    public WorkQueueOptions {
        Check.between("capacity", capacity, 1, 10_000_000);
        Check.between("maxDeliveries", maxDeliveries, 1, 1_000_000);
        Check.between("visibility in nanoseconds", visibility.toNanos(), 1, QueueType.MAX_VISIBILITY_NANOS);
    }

    /**
     * 100,000 items, five deliveries of 30 seconds each.
     *
     * @return the options
     */
    public static WorkQueueOptions standard() {
        return new WorkQueueOptions(100_000, 5, Duration.ofSeconds(30));
    }

    /**
     * These options with another capacity.
     *
     * @param value the capacity
     * @return a copy
     */
    public WorkQueueOptions withCapacity(int value) {
        return new WorkQueueOptions(value, maxDeliveries, visibility);
    }

    /**
     * These options with another limit of deliveries.
     *
     * @param value the limit
     * @return a copy
     */
    public WorkQueueOptions withMaxDeliveries(int value) {
        return new WorkQueueOptions(capacity, value, visibility);
    }

    /**
     * These options with another time of invisibility.
     *
     * @param value the time
     * @return a copy
     */
    public WorkQueueOptions withVisibility(Duration value) {
        return new WorkQueueOptions(capacity, maxDeliveries, value);
    }
}
