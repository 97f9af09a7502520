package io.holdfast.replication.crdt;

import io.holdfast.core.Check;
import io.holdfast.core.config.DataSize;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * How replicated data types spread, and how large they may grow: {@code holdfast.crdt}. The bounds are checked by the node that updates, against what it knows: updates of several nodes that do not know of each other may pass them
 * together, by as many times as there are nodes, and are merged all the same.
 *
 * @param gossipInterval how often changes are saved and sent
 * @param fanout how many peers are sent to each time
 * @param maxObjects how many objects there may be
 * @param maxElements how many elements one object may hold
 * @param maxObjectBytes how large one object may be
 * @param maxBytes how large all objects together may be
 * @param maxMessageBytes how large a message may be
 * @param bufferBytes how much of what changed is kept for peers that have not acknowledged it
 */
@Doc("Counters, flags, registers, sets and maps that each node changes by itself and that merge.")
public record CrdtConfig(
        @Doc("How often changes are saved to disk and sent to peers.") @Default("100ms")
        Duration gossipInterval,

        @Doc("How many peers, chosen at random, are sent to each time.") @Default("3")
        int fanout,

        @Doc("How many objects there may be; one more is refused.") @Default("10000")
        int maxObjects,

        @Doc("How many elements one set, or one map with its values, may hold; one more is refused.") @Default("100000")
        int maxElements,

        @Doc("How large one object may be; an update that lets it grow beyond is refused.") @Default("1MiB")
        DataSize maxObjectBytes,

        @Doc("How large all objects together may be; an update that lets them grow beyond is refused.")
        @Default("16MiB")
        DataSize maxBytes,

        @Doc(
                "How large a message to a peer may be, and no larger than holdfast.transport.max-frame-size; larger objects are sent in pieces.")
        @Default("256KiB")
        DataSize maxMessageBytes,

        @Doc(
                "How much of what changed is kept for peers that have not acknowledged it. A peer that was away for longer is compared with, object by object.")
        @Default("4MiB")
        DataSize bufferBytes) {
    /**
     * Validates the numbers.
     *
     * @param gossipInterval as the component
     * @param fanout as the component
     * @param maxObjects as the component
     * @param maxElements as the component
     * @param maxObjectBytes as the component
     * @param maxBytes as the component
     * @param maxMessageBytes as the component
     * @param bufferBytes as the component
     * @throws IllegalArgumentException if one is out of bounds; the message names it and the remedy
     */
    public CrdtConfig {
        Check.positive("gossipInterval", gossipInterval);
        Check.between("fanout", fanout, 1, 100);
        Check.between("maxObjects", maxObjects, 1, 1_000_000);
        Check.between("maxElements", maxElements, 1, 10_000_000);
        Check.between("maxObjectBytes", maxObjectBytes.bytes(), 1024, 64 << 20);
        Check.that(
                maxBytes.compareTo(maxObjectBytes) >= 0 && maxBytes.bytes() <= 1 << 30,
                "maxBytes (%s) must be at least maxObjectBytes (%s) and at most 1GiB",
                maxBytes,
                maxObjectBytes);
        Check.between("maxMessageBytes", maxMessageBytes.bytes(), 1024, 1 << 20);
        Check.between("bufferBytes", bufferBytes.bytes(), 1024, 1 << 30);
    }

    /**
     * For one data centre: changes are sent ten times a second to three peers.
     *
     * @return the preset
     */
    public static CrdtConfig lan() {
        return new CrdtConfig(
                Duration.ofMillis(100),
                3,
                10_000,
                100_000,
                new DataSize(1 << 20),
                new DataSize(16 << 20),
                new DataSize(256 << 10),
                new DataSize(4 << 20));
    }

    /**
     * Changes how often changes are sent.
     *
     * @param value as the component
     * @return a copy
     */
    public CrdtConfig withGossipInterval(Duration value) {
        return new CrdtConfig(
                value, fanout, maxObjects, maxElements, maxObjectBytes, maxBytes, maxMessageBytes, bufferBytes);
    }

    /**
     * Changes how many objects there may be, and how many elements each may hold.
     *
     * @param objects as {@code maxObjects}
     * @param elements as {@code maxElements}
     * @return a copy
     */
    public CrdtConfig withLimits(int objects, int elements) {
        return new CrdtConfig(
                gossipInterval, fanout, objects, elements, maxObjectBytes, maxBytes, maxMessageBytes, bufferBytes);
    }

    /**
     * Changes how large objects may be.
     *
     * @param object as {@code maxObjectBytes}
     * @param all as {@code maxBytes}
     * @return a copy
     */
    public CrdtConfig withSizes(DataSize object, DataSize all) {
        return new CrdtConfig(
                gossipInterval, fanout, maxObjects, maxElements, object, all, maxMessageBytes, bufferBytes);
    }

    /**
     * Keeps messages within what the wire carries.
     *
     * @param frame the largest message of the wire
     * @return a copy, or these settings if their messages are no larger
     */
    public CrdtConfig within(DataSize frame) {
        return maxMessageBytes.compareTo(frame) <= 0 ? this : withWire(frame, bufferBytes);
    }

    /**
     * Changes how large messages may be, and how much is kept for peers that are behind.
     *
     * @param message as {@code maxMessageBytes}
     * @param buffer as {@code bufferBytes}
     * @return a copy
     */
    public CrdtConfig withWire(DataSize message, DataSize buffer) {
        return new CrdtConfig(
                gossipInterval, fanout, maxObjects, maxElements, maxObjectBytes, maxBytes, message, buffer);
    }
}
