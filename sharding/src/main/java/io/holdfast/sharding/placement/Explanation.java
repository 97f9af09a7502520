package io.holdfast.sharding.placement;

import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.Ownership;
import java.util.List;
import java.util.Optional;

/**
 * Why a shard is where it is.
 *
 * @param shard the shard
 * @param ownership what the map says
 * @param pin where an operator wants it, whether that node is there or not
 * @param ranks all members, the one that rendezvous likes best first
 * @param planned the move that is planned for it, if one is
 * @param why the answer, for people
 */
public record Explanation(
        int shard, Ownership ownership, Optional<NodeId> pin, List<Rank> ranks, Optional<Move> planned, String why) {
    /**
     * Copies the list.
     *
     * @param shard as the component
     * @param ownership as the component
     * @param pin as the component
     * @param ranks as the component
     * @param planned as the component
     * @param why as the component
     */
    public Explanation {
        ranks = List.copyOf(ranks);
    }

    /**
     * What speaks for a member.
     *
     * @param share the member, with its bounds and what is against it
     * @param score its weighted score for the shard; the highest comes first
     */
    public record Rank(Share share, double score) {}
}
