package io.holdfast.sharding.map;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What operators want of the placement.
 *
 * @param paused whether live moves stop; shards of dead nodes are placed all the same
 * @param pins shards that shall be on one node, as long as it is there
 * @param bans nodes that shall own nothing
 * @param requires labels that a node must have to own anything
 */
public record ShardRules(boolean paused, Map<Integer, NodeId> pins, Set<NodeId> bans, Set<String> requires) {
    /** No wishes. */
    public static final ShardRules NONE = new ShardRules(false, Map.of(), Set.of(), Set.of());

    /** More bans are of nodes that are gone for ever. */
    public static final int MAX_BANS = 256;

    /**
     * Copies the collections, in order.
     *
     * @param paused as the component
     * @param pins as the component
     * @param bans as the component
     * @param requires as the component
     * @throws IllegalArgumentException if there are more than {@value #MAX_BANS} bans
     */
    public ShardRules {
        Check.that(
                bans.size() <= MAX_BANS,
                "bans (%d) must not be more than %d; lift those of nodes that are gone",
                bans.size(),
                MAX_BANS);
        pins = Collections.unmodifiableMap(new TreeMap<>(pins));
        bans = Collections.unmodifiableSet(new TreeSet<>(bans));
        requires = Collections.unmodifiableSet(new TreeSet<>(requires));
    }

    /**
     * Stops or resumes live moves.
     *
     * @param value whether they stop
     * @return a copy
     */
    public ShardRules withPaused(boolean value) {
        return new ShardRules(value, pins, bans, requires);
    }

    /**
     * Replaces the pins.
     *
     * @param value all pins
     * @return a copy
     */
    public ShardRules withPins(Map<Integer, NodeId> value) {
        return new ShardRules(paused, value, bans, requires);
    }

    /**
     * Replaces the bans.
     *
     * @param value all bans
     * @return a copy
     */
    public ShardRules withBans(Set<NodeId> value) {
        return new ShardRules(paused, pins, value, requires);
    }
}
