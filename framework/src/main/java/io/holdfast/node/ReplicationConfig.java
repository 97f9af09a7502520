package io.holdfast.node;

import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.core.config.Section;
import io.holdfast.replication.quorum.QuorumConfig;
import java.time.Duration;

/**
 * Quorum maps and replicated values: {@code holdfast.replication}.
 *
 * @param enabled whether this node takes part
 * @param member whether this node keeps rows of quorum maps
 * @param storage where it keeps them
 * @param replicas how many nodes keep a row
 * @param antiEntropy how often rows are compared
 * @param tombstoneGrace how long removed rows are remembered at least
 * @param maxHints the most hints
 * @param maxTombstones the most tombstones
 */
@Doc(
        "Data that needs no leader: quorum maps, which also need holdfast.consensus.enabled, and replicated values (counters, sets, registers, flags, maps of those), which need nothing else.")
public record ReplicationConfig(
        @Doc("Whether this node takes part.") @Default("false")
        boolean enabled,

        @Doc(
                "Whether this node keeps rows of quorum maps; one that does not reads and writes them as well. A node that has kept rows keeps them until it leaves the ring or is removed from it.")
        @Default("true")
        boolean member,

        @Doc(
                "Where rows are kept: DISK, in holdfast.node.data-dir, or MEMORY, where a node that starts anew takes its rows from the others.")
        @Default("DISK")
        Storage storage,

        @Doc("How many nodes keep a row, 1 to 7; the same on all nodes, and never changed.") @Default("3")
        int replicas,

        @Doc("How often a node compares its rows with those of each other one.") @Default("10s")
        Duration antiEntropy,

        @Doc(
                "How long a removed row is remembered at least; longer than any message may be under way, a paused process included.")
        @Default("1h")
        Duration tombstoneGrace,

        @Doc(
                "The most hints that this node keeps for nodes that are away; beyond it anti-entropy brings them up to date.")
        @Default("200000")
        int maxHints,

        @Doc("The most removed rows that this node remembers; removals are refused beyond it.") @Default("1000000")
        int maxTombstones) {
    static final Section<ReplicationConfig> SECTION = Section.of("holdfast.replication", ReplicationConfig.class);

    /** Where rows are kept. */
    public enum Storage {
        /** In the data directory. */
        DISK,
        /** In the memory of the process. */
        MEMORY
    }

    QuorumConfig quorum() {
        QuorumConfig base = QuorumConfig.lan();
        return new QuorumConfig(
                replicas,
                base.tick(),
                base.hintAfter(),
                antiEntropy,
                base.sweep(),
                tombstoneGrace,
                maxHints,
                maxTombstones,
                base.maxSiblings(),
                base.roundBytes());
    }
}
