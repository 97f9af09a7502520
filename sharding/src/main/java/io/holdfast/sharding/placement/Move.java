package io.holdfast.sharding.placement;

import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import java.util.Optional;

/**
 * A shard that shall change its owner.
 *
 * @param shard the shard
 * @param from its owner by the map, alive or not; empty if it has none
 * @param to who shall own it. The owner itself if a move under way shall be taken back, since its target cannot have the shard any more
 * @param reason why
 * @param explain why, with the numbers, for people
 */
public record Move(int shard, Optional<Host> from, Host to, Reason reason, String explain) {
    /**
     * Whether the shard stays where it is, and only the map's {@code target} goes.
     *
     * @return true if {@code to} is the present owner
     */
    public boolean takesBack() {
        return from.filter(to::equals).isPresent();
    }

    /**
     * What the coordinator commits to begin this move: the next owner at once if nobody serves the shard, otherwise the target of a live move, or its end.
     *
     * @param now the ownership that the plan was made from
     * @return the next ownership
     */
    public Ownership next(Ownership now) {
        if (takesBack()) {
            return now.without();
        }
        return reason.urgent() ? now.takenBy(to) : now.preparing(to);
    }
}
