package io.holdfast.sharding.placement;

import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMember;
import java.util.Optional;

/**
 * What a member has of a space, and what it shall have.
 *
 * @param member the member
 * @param shards how many shards it has, those included that are on the way to it
 * @param share how many it shall have, by its weight; 0 if it may own none
 * @param low the fewest that it may have for its load to be even
 * @param high the most
 * @param against why it may own none; empty if it may
 */
public record Share(ShardMember member, int shards, double share, int low, int high, Optional<Reason> against) {
    /**
     * The member's process.
     *
     * @return the host
     */
    public Host host() {
        return member.host();
    }
}
