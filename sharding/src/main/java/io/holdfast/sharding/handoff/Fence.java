package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.sharding.map.Host;

/**
 * The row that stands before a shard's data: who has fenced it last.
 *
 * @param epoch in which epoch
 * @param host who
 * @param version the row's version, which every commit of that owner asks for
 */
public record Fence(Epoch epoch, Host host, long version) {}
