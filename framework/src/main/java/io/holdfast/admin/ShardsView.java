package io.holdfast.admin;

import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import io.holdfast.sharding.map.ShardRules;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The shards as this node sees them, and how operators change what they want of them.
 *
 * @param map who owns what
 * @param members who can own something
 * @param change commits other rules
 * @param entities how many entities are in this node's memory
 */
public record ShardsView(
        Supplier<ShardMap> map,
        Supplier<? extends Collection<ShardMember>> members,
        Function<UnaryOperator<ShardRules>, ? extends CompletionStage<?>> change,
        IntSupplier entities) {}
