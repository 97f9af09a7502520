package io.holdfast.sharding.map;

import io.holdfast.core.Check;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * A live node that can own shards, as it tells of itself.
 *
 * @param host the process
 * @param zone where it stands; empty if it was not told
 * @param weight its share of the shards relative to the others', 1 to 1,000,000; 100 is usual
 * @param labels what it says of itself, for instance {@code ssd}
 * @param leaving whether it takes nothing: it hosts nothing yet, or hands everything over and goes
 */
public record ShardMember(Host host, String zone, int weight, Set<String> labels, boolean leaving) {
    /**
     * Validates the weight.
     *
     * @param host as the component
     * @param zone as the component
     * @param weight as the component
     * @param labels as the component
     * @param leaving as the component
     * @throws IllegalArgumentException if the weight is out of bounds
     */
    public ShardMember {
        Check.between("weight of " + host, weight, 1, 1_000_000);
        labels = Collections.unmodifiableSet(new TreeSet<>(labels));
    }
}
