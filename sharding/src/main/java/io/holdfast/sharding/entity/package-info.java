/**
 * Entities: objects with a key and a durable state, each alive on one node at a time, where its shard is. Here they are bytes; {@code io.holdfast} makes them objects.
 */
@NullMarked
package io.holdfast.sharding.entity;

import org.jspecify.annotations.NullMarked;
