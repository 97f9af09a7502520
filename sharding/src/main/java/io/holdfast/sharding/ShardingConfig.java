package io.holdfast.sharding;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardTerms;
import java.time.Duration;
import java.util.List;

/**
 * How keys are spread over the nodes, and how shards move.
 *
 * @param shards how many shards there are
 * @param lease how long an owner may answer from its memory after it last heard that it owns the shard
 * @param drainLimit how long calls that are under way may take to end when a shard moves
 * @param movesAtOnce how many shards move at a time, while their owners live
 * @param weight this node's share of the shards
 * @param labels what this node says of itself
 * @param requires what a node must say of itself to own shards
 */
@Doc(
        "Spreads keys over the nodes: every key lies in a shard, and every shard has one owner, which holds the state of its keys in memory.")
public record ShardingConfig(
        @Doc(
                "How many shards there are: a power of two, up to 4096. Chosen when the cluster is founded; a node that says another number is not ready.")
        @Default("256")
        int shards,

        @Doc(
                "How long an owner answers reads from its memory after it last heard that it owns the shard. The next owner of a shard whose owner died waits so long and 10 % longer before it serves. Taken when the cluster is founded.")
        @Default("1s")
        Duration lease,

        @Doc(
                "How long calls that are under way may take to end when a shard moves to another node; then they are interrupted. At least 1.1 times the lease.")
        @Default("5s")
        Duration drainLimit,

        @Doc(
                "How many shards move at a time while their owners live. The shards of a dead node are placed all at once.")
        @Default("4")
        int movesAtOnce,

        @Doc("This node's share of the shards relative to the weights of others.") @Default("100")
        int weight,

        @Doc("What this node says of itself, for instance ssd.") @Default("")
        List<String> labels,

        @Doc("What a node must say of itself in order to own shards. Taken when the cluster is founded.") @Default("")
        List<String> requires) {
    private static final int MAX_LABELS = 16;

    /**
     * Validates the numbers.
     *
     * @param shards as the component
     * @param lease as the component
     * @param drainLimit as the component
     * @param movesAtOnce as the component
     * @param weight as the component
     * @param labels as the component
     * @param requires as the component
     * @throws IllegalArgumentException if one is out of bounds; the message names it and the remedy
     */
    public ShardingConfig {
        Check.that(
                Integer.bitCount(shards) == 1 && shards > 0 && shards <= ShardMap.MAX_SHARDS,
                "shards (%d) must be a power of two up to %d; take 256",
                shards,
                ShardMap.MAX_SHARDS);
        new ShardTerms(lease, 1); // checks it
        Check.that(
                drainLimit.compareTo(lease.plus(lease.dividedBy(10))) >= 0,
                "drainLimit (%s) must be at least 1.1 times the lease (%s)",
                drainLimit,
                lease);
        Check.between("movesAtOnce", movesAtOnce, 1, ShardMap.MAX_SHARDS);
        Check.between("weight", weight, 1, 1_000_000);
        labels = checked("labels", labels);
        requires = checked("requires", requires);
    }

    private static List<String> checked(String name, List<String> labels) {
        Check.between("number of " + name, labels.size(), 0, MAX_LABELS);
        labels.forEach(label -> Check.label(name, label));
        return List.copyOf(labels);
    }

    /**
     * For one data centre: 256 shards, a lease of one second.
     *
     * @return the preset
     */
    public static ShardingConfig lan() {
        return new ShardingConfig(256, Duration.ofSeconds(1), Duration.ofSeconds(5), 4, 100, List.of(), List.of());
    }

    /**
     * Changes the number of shards.
     *
     * @param value as the component
     * @return a copy
     */
    public ShardingConfig withShards(int value) {
        return new ShardingConfig(value, lease, drainLimit, movesAtOnce, weight, labels, requires);
    }

    /**
     * Changes the lease.
     *
     * @param value as the component
     * @return a copy
     */
    public ShardingConfig withLease(Duration value) {
        return new ShardingConfig(shards, value, drainLimit, movesAtOnce, weight, labels, requires);
    }

    /**
     * Changes the patience with calls that are under way.
     *
     * @param value as the component
     * @return a copy
     */
    public ShardingConfig withDrainLimit(Duration value) {
        return new ShardingConfig(shards, lease, value, movesAtOnce, weight, labels, requires);
    }

    /**
     * Changes how many shards move at a time.
     *
     * @param value as the component
     * @return a copy
     */
    public ShardingConfig withMovesAtOnce(int value) {
        return new ShardingConfig(shards, lease, drainLimit, value, weight, labels, requires);
    }

    /**
     * Changes this node's share.
     *
     * @param value as the component
     * @return a copy
     */
    public ShardingConfig withWeight(int value) {
        return new ShardingConfig(shards, lease, drainLimit, movesAtOnce, value, labels, requires);
    }
}
