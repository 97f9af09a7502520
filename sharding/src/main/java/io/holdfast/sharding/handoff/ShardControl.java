package io.holdfast.sharding.handoff;

import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import io.holdfast.sharding.placement.Explanation;
import io.holdfast.sharding.placement.Placement;
import io.holdfast.sharding.placement.Plan;
import io.holdfast.sharding.placement.WhatIf;
import java.util.List;

/** What operators see of the placement of shards, and what they can change. The same on every node, as far as its knowledge goes. Safe for use by many threads. */
public interface ShardControl {
    /**
     * Who owns what, by the latest map that this node has seen.
     *
     * @return the map, of revision 0 before the first
     */
    ShardMap map();

    /**
     * The members that can own shards, as this node sees them.
     *
     * @return an immutable snapshot, ordered by node
     */
    List<ShardMember> members();

    /**
     * What the coordinator would move now, and why, by what this node knows. Nothing is begun by asking.
     *
     * @return the plan
     */
    default Plan plan() {
        return plan(WhatIf.NOTHING);
    }

    /**
     * What would move, and why, if members came or went: before a node is started or closed. While moves are paused only what would move all the same.
     *
     * @param supposed who comes and goes
     * @return the plan; it counts what is planned already, too
     * @throws IllegalArgumentException if a node leaves that is not there, or one joins that is
     */
    default Plan plan(WhatIf supposed) {
        return Placement.plan(map(), supposed.members(members()));
    }

    /**
     * Why a shard is where it is, and where it goes.
     *
     * @param shard the shard
     * @return scores, bounds, pins, and a sentence
     * @throws IllegalArgumentException if there is no such shard
     */
    default Explanation explain(int shard) {
        return Placement.explain(map(), members(), shard);
    }

    /**
     * Pause and resume, pins and bans.
     *
     * @return the operations, from any node
     */
    Operations operations();
}
