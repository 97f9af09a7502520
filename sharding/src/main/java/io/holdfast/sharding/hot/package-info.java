/**
 * What is hot on this node: the keys and shards that were called most of late, in bounded memory. Start at {@link io.holdfast.sharding.hot.HotSpots}.
 */
@NullMarked
package io.holdfast.sharding.hot;

import org.jspecify.annotations.NullMarked;
