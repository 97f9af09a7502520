package io.holdfast.sharding.handoff;

import io.holdfast.core.Address;
import io.holdfast.sharding.map.ShardMember;

/**
 * A live node that can own shards, and where it listens.
 *
 * @param member the node
 * @param address where it listens
 */
public record Neighbour(ShardMember member, Address address) {}
