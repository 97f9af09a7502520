package io.holdfast.sharding.entity;

import io.holdfast.sharding.map.ShardMap;
import java.util.Optional;

/**
 * What an owner, or who was taken for it, answers.
 *
 * @param served what came of the call
 * @param map the answering node's map, if it is newer than the caller's
 */
record EntityResponse(Served served, Optional<ShardMap> map) {}
