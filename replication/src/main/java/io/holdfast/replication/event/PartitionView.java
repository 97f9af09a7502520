package io.holdfast.replication.event;

/**
 * How a partition fares on this node.
 *
 * @param partition the partition
 * @param state what is done with it
 * @param next the offset of the first event that is not dealt with, as committed; 0 before that is known
 * @param end the end of the partition, as it was seen last: {@code end - next} are waiting at most
 * @param parkedAt the offset of the event at which it is parked, or 0
 * @param error what went wrong last, or empty
 */
public record PartitionView(int partition, State state, long next, long end, long parkedAt, String error) {
    /** What is done with a partition. */
    public enum State {
        /** It is to be taken over from another node. */
        WAITING,
        /** Its events are handled. */
        RUNNING,
        /** An event has failed as often as it may: {@link ConsumerGroup#retry} or {@link ConsumerGroup#skip} decides. */
        PARKED,
        /** It is given up; a batch may still be at work. */
        ENDING
    }
}
