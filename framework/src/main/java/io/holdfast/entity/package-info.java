/**
 * Sharded entities as users write them: a class with {@link io.holdfast.entity.ShardedEntity} and an interface that callers know. Start at {@link io.holdfast.entity.Entities}. What makes bytes of them
 * is in {@code io.holdfast.sharding.entity}.
 */
@NullMarked
package io.holdfast.entity;

import org.jspecify.annotations.NullMarked;
