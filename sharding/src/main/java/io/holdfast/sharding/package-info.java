/**
 * Shards with one provable owner: what an owner does and is told. The map is in {@link io.holdfast.sharding.map}, who shall own what in {@code placement}, how shards move in {@code handoff},
 * entities in {@code entity}, jobs in {@code job}.
 */
@NullMarked
package io.holdfast.sharding;

import org.jspecify.annotations.NullMarked;
