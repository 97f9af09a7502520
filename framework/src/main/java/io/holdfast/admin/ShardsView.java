package io.holdfast.admin;

import io.holdfast.sharding.handoff.ShardRuntime;
import io.holdfast.sharding.hot.HotSpots;
import java.util.function.IntSupplier;

/**
 * The shards as this node sees them.
 *
 * @param shards who owns what, and what operators can change
 * @param entities how many entities are in this node's memory
 * @param hot which entities and shards are called most on this node
 */
public record ShardsView(ShardRuntime shards, IntSupplier entities, HotSpots hot) {}
