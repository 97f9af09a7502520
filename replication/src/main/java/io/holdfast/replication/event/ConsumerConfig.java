package io.holdfast.replication.event;

import io.holdfast.core.Check;
import io.holdfast.core.cluster.JournalRules;
import java.time.Duration;
import java.util.Optional;

/**
 * How a {@link ConsumerGroup} behaves. All nodes of a group should say the same.
 *
 * @param group its name, 1 to 255 bytes of UTF-8: under it positions are kept
 * @param batch how many events a batch has at most, 1 to 1,000
 * @param attempts how often a batch is tried, and then each event of one that failed, before an event counts as poison; 1 to 100. The pauses between are 100 ms at first, twice as long each time, at most 10 s
 * @param handover how long the new owner of a partition waits for the old one to finish, if that seems to live; then it takes the partition over all the same, and both may handle the same batch
 * @param deadLetters where poison goes, so that the partition goes on; empty to park the partition until somebody decides
 */
public record ConsumerConfig(
        String group, int batch, int attempts, Duration handover, Optional<DeadLetters> deadLetters) {
    /**
     * Validates the bounds.
     *
     * @param group as the component
     * @param batch as the component
     * @param attempts as the component
     * @param handover as the component
     * @param deadLetters as the component
     * @throws IllegalArgumentException if one is out of bounds
     */
    public ConsumerConfig {
        JournalRules.checkName("group", group);
        Check.between("batch of group " + group, batch, 1, JournalRules.MAX_RECORDS);
        Check.between("attempts of group " + group, attempts, 1, 100);
        Check.notNegative("handover of group " + group, handover);
    }

    /**
     * 100 events a batch, five attempts, ten seconds to hand over, poison parks its partition.
     *
     * @param group its name
     * @return the configuration
     */
    public static ConsumerConfig of(String group) {
        return new ConsumerConfig(group, 100, 5, Duration.ofSeconds(10), Optional.empty());
    }

    /**
     * The same with other batches.
     *
     * @param value as the component
     * @return a new configuration
     */
    public ConsumerConfig withBatch(int value) {
        return new ConsumerConfig(group, value, attempts, handover, deadLetters);
    }

    /**
     * The same with another number of attempts.
     *
     * @param value as the component
     * @return a new configuration
     */
    public ConsumerConfig withAttempts(int value) {
        return new ConsumerConfig(group, batch, value, handover, deadLetters);
    }

    /**
     * The same with another time to hand over.
     *
     * @param value as the component
     * @return a new configuration
     */
    public ConsumerConfig withHandover(Duration value) {
        return new ConsumerConfig(group, batch, attempts, value, deadLetters);
    }

    /**
     * The same with a place for poison.
     *
     * @param value where it goes
     * @return a new configuration
     */
    public ConsumerConfig withDeadLetters(DeadLetters value) {
        return new ConsumerConfig(group, batch, attempts, handover, Optional.of(value));
    }
}
