package io.holdfast.sharding.placement;

import java.util.List;

/**
 * What shall change.
 *
 * @param moves the moves, in the order in which they shall be made: first shards that nobody serves, then those of leaving nodes, of nodes that may not own them, pinned ones, and last those that make loads even
 * @param homeless shards that no member may own
 */
public record Plan(List<Move> moves, List<Homeless> homeless) {
    /**
     * Copies the lists.
     *
     * @param moves as the component
     * @param homeless as the component
     */
    public Plan {
        moves = List.copyOf(moves);
        homeless = List.copyOf(homeless);
    }
}
