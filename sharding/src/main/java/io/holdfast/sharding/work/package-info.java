/** Functions that run beside the data of every shard, and what came of each. Start at {@link io.holdfast.sharding.work.ShardWork}. */
@NullMarked
package io.holdfast.sharding.work;

import org.jspecify.annotations.NullMarked;
