package io.holdfast.sharding.handoff;

import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import java.util.Collection;
import java.util.List;

/** Who shall own what. Pure: the same map and members give the same moves. */
@FunctionalInterface
interface Planner {
    /**
     * A shard that shall change its owner.
     *
     * @param shard the shard
     * @param to who shall own it
     * @param urgent whether nobody serves it: it never had an owner, or that one is gone
     * @param reason why
     */
    record Move(int shard, Host to, boolean urgent, String reason) {}

    /**
     * Plans.
     *
     * @param map who owns what
     * @param members who is there
     * @return the moves, the most urgent first
     */
    List<Move> plan(ShardMap map, Collection<ShardMember> members);
}
