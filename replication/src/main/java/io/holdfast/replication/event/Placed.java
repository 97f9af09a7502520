package io.holdfast.replication.event;

/**
 * Where events were put.
 *
 * @param partition the partition
 * @param first the offset of the first; the others follow it
 * @param count how many there are
 * @param revision the revision of the partition's group, for {@link io.holdfast.core.cluster.ReadConsistency#atLeast}
 */
public record Placed(int partition, long first, int count, long revision) {}
