package io.holdfast.replication.quorum;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * How rows are replicated; alike on all nodes.
 *
 * @param replicas N: how many nodes keep a row, 1 to 7
 * @param tick how often deadlines and hints are looked at
 * @param hintAfter how long a replica may take before the next is asked, or a hint is kept for it
 * @param antiEntropy how often a node compares its rows with another's
 * @param sweep how long a look through all rows takes, for what has expired and what can be forgotten
 * @param tombstoneGrace how long a tombstone is kept at least: longer than any message can be under way
 * @param maxHints the most hints that a node keeps for others
 * @param maxTombstones the most tombstones that a node keeps; removals are refused beyond it. Only what a node takes over when members change is taken whatever their number
 * @param maxSiblings the most siblings of a row; writes that know nothing of them are refused beyond it
 * @param roundBytes the most bytes of rows that one round of anti-entropy sends
 */
public record QuorumConfig(
        int replicas,
        Duration tick,
        Duration hintAfter,
        Duration antiEntropy,
        Duration sweep,
        Duration tombstoneGrace,
        int maxHints,
        int maxTombstones,
        int maxSiblings,
        int roundBytes) {
    /** The most bytes of a row with all its siblings. */
    public static final int MAX_ROW_BYTES = 2 << 20;

    /**
     * Validates the relations.
     *
     * @param replicas as the component
     * @param tick as the component
     * @param hintAfter as the component
     * @param antiEntropy as the component
     * @param sweep as the component
     * @param tombstoneGrace as the component
     * @param maxHints as the component
     * @param maxTombstones as the component
     * @param maxSiblings as the component
     * @param roundBytes as the component
     * @throws IllegalArgumentException if one does not hold; the message names it
     */
    public QuorumConfig {
        Check.between("replicas", replicas, 1, 7);
        Check.positive("tick", tick);
        Check.that(
                hintAfter.compareTo(tick) > 0,
                "hint-after (%s) must be longer than the tick (%s); raise hint-after",
                hintAfter,
                tick);
        Check.positive("anti-entropy", antiEntropy);
        Check.positive("sweep", sweep);
        Check.positive("tombstone-grace", tombstoneGrace);
        Check.between("max-hints", maxHints, 0, 10_000_000);
        Check.between("max-tombstones", maxTombstones, 1, 100_000_000);
        Check.between("max-siblings", maxSiblings, 1, 256);
        Check.between("round-bytes", roundBytes, 1 << 16, 1 << 30);
    }

    /**
     * For nodes that stand near each other.
     *
     * @return three replicas
     */
    public static QuorumConfig lan() {
        return new QuorumConfig(
                3,
                Duration.ofMillis(50),
                Duration.ofMillis(300),
                Duration.ofSeconds(10),
                Duration.ofMinutes(10),
                Duration.ofHours(1),
                200_000,
                1_000_000,
                32,
                16 << 20);
    }

    /**
     * These settings with another N.
     *
     * @param value how many nodes keep a row
     * @return a copy
     */
    public QuorumConfig withReplicas(int value) {
        return new QuorumConfig(
                value,
                tick,
                hintAfter,
                antiEntropy,
                sweep,
                tombstoneGrace,
                maxHints,
                maxTombstones,
                maxSiblings,
                roundBytes);
    }
}
