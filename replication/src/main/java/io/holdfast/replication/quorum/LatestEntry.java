package io.holdfast.replication.quorum;

import java.util.Optional;

/**
 * What a read of a {@link LatestMap} has found. Immutable.
 *
 * @param value the value; empty if there is none
 * @param time when it was written or removed, on the hybrid clock: of two answers for a key the one with the larger time is the newer. Of a key that nobody has written, or whose removal is forgotten, it is half the grace of
 *     tombstones ago: later than every removal that was forgotten, and earlier than every write to come, as long as the nodes' clocks differ by less than that
 * @param <V> the value's type
 */
public record LatestEntry<V>(Optional<V> value, long time) {}
