package io.holdfast.replication.aggregate;

import io.holdfast.core.Check;

/**
 * How {@link EventSourced} behaves.
 *
 * @param name the aggregates' name, for people and threads
 * @param snapshotEvery after how many events of an aggregate its state is written beside them, 1 to 10,000: so many are read at most to load one, and twice as many when a snapshot was too large to stand beside its
 *     events
 * @param commands how many ids of commands are remembered for each aggregate, 0 to 1,000: a command that comes again behind so many others is done again
 * @param attempts how often a command is decided anew because others were faster, 1 to 1,000
 * @param cached how many aggregates this node keeps in memory, 0 to 1,000,000, so that a command costs one append and no read
 */
public record AggregateConfig(String name, int snapshotEvery, int commands, int attempts, int cached) {
    /**
     * Validates the bounds.
     *
     * @param name as the component
     * @param snapshotEvery as the component
     * @param commands as the component
     * @param attempts as the component
     * @param cached as the component
     * @throws IllegalArgumentException if one is out of bounds
     */
    public AggregateConfig {
        Check.that(!name.isEmpty(), "the name of aggregates must not be empty");
        Check.between("snapshotEvery of " + name, snapshotEvery, 1, 10_000);
        Check.between("commands of " + name, commands, 0, AggregateCodec.MAX_COMMANDS);
        Check.between("attempts of " + name, attempts, 1, 1_000);
        Check.between("cached of " + name, cached, 0, 1_000_000);
    }

    /**
     * A snapshot every 100 events, 64 commands remembered, 20 attempts, 1,000 aggregates in memory.
     *
     * @param name the aggregates' name
     * @return the configuration
     */
    public static AggregateConfig of(String name) {
        return new AggregateConfig(name, 100, 64, 20, 1_000);
    }

    /**
     * The same with snapshots at another distance.
     *
     * @param value as the component
     * @return a new configuration
     */
    public AggregateConfig withSnapshotEvery(int value) {
        return new AggregateConfig(name, value, commands, attempts, cached);
    }

    /**
     * The same with another number of commands remembered.
     *
     * @param value as the component
     * @return a new configuration
     */
    public AggregateConfig withCommands(int value) {
        return new AggregateConfig(name, snapshotEvery, value, attempts, cached);
    }

    /**
     * The same with another number in memory.
     *
     * @param value as the component
     * @return a new configuration
     */
    public AggregateConfig withCached(int value) {
        return new AggregateConfig(name, snapshotEvery, commands, attempts, value);
    }
}
