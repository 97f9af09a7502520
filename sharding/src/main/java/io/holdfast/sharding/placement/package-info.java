/**
 * Who shall own which shard: a pure plan from a map, members and rules to an ordered list of moves, each with its reason. Start at {@link io.holdfast.sharding.placement.Placement}. No I/O, no clock, no chance; public types are immutable.
 */
@NullMarked
package io.holdfast.sharding.placement;

import org.jspecify.annotations.NullMarked;
