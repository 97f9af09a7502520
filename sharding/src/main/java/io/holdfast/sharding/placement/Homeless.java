package io.holdfast.sharding.placement;

/**
 * A shard that must have another owner, or one at all, and no member may own it.
 *
 * @param shard the shard
 * @param reason why it cannot stay
 * @param explain why nobody can take it, and what to do, for people
 */
public record Homeless(int shard, Reason reason, String explain) {}
