/** Which node owns each shard: the committed map, its bytes, and the way from a key to its shard. All types are immutable. */
@NullMarked
package io.holdfast.sharding.map;

import org.jspecify.annotations.NullMarked;
