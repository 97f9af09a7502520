package io.holdfast.core.cluster;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.Registration;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Small facts that each node tells all others: for each topic and node one value, the newest that the node has told. It spreads with the gossip of membership, so it works without a
 * leader and on both sides of a partition, is eventually the same everywhere, and vanishes with its member. Safe for use by many threads.
 *
 * <p>A late or lost word must cost little: whoever needs an order or a promise takes a {@link ReplicatedLog}. Every publication is sent to every node a few times; publish what changed, and at
 * most a few times a second.
 */
public interface Bulletin {
    /** The most bytes of a value. */
    int MAX_VALUE_BYTES = 4096;

    /** The most topics on which one node may tell something in the life of its process. */
    int MAX_TOPICS = 16;

    /**
     * Tells all nodes a value in place of what this node told on that topic before.
     *
     * @param topic a DNS label, for instance {@code breakers}
     * @param value at most {@value #MAX_VALUE_BYTES} bytes; copied. The first byte should be a version of its layout
     * @throws IllegalArgumentException if the topic is no label or the value is longer
     * @throws io.holdfast.core.OverloadedException if this node tells on {@value #MAX_TOPICS} other topics already, or cannot keep up with what it is asked to tell; nothing is told
     */
    void publish(String topic, byte[] value);

    /**
     * What nodes that are alive or suspected have told, this node among them. Its own newest value may appear a moment after {@link #publish} returned.
     *
     * @param topic the topic
     * @return an immutable snapshot ordered by node; the arrays are shared, do not change them
     */
    Map<NodeId, byte[]> values(String topic);

    /**
     * Watches a topic: first an event for each present value, then each change in order, on one thread; the listener must not block.
     *
     * @param topic the topic
     * @param listener the listener
     * @return ends the watching
     */
    Registration watch(String topic, Consumer<BulletinEvent> listener);

    /**
     * The checks that every implementation makes before it takes a value.
     *
     * @param topic must be a DNS label
     * @param value must have at most {@value #MAX_VALUE_BYTES} bytes
     * @return a copy of the value
     * @throws IllegalArgumentException if one of them does not hold
     */
    static byte[] checked(String topic, byte[] value) {
        Check.label("topic", topic);
        Check.that(
                value.length <= MAX_VALUE_BYTES,
                "value of topic %s (%d bytes) must have at most %d; tell less, or tell where the rest can be read",
                topic,
                value.length,
                MAX_VALUE_BYTES);
        return value.clone();
    }
}
