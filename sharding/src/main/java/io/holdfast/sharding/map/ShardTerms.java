package io.holdfast.sharding.map;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * What all nodes of a space must have alike. It is committed with the first map and never changes: a node that was started with something else follows the map where it can, and owns nothing where it cannot.
 *
 * @param lease how long an owner answers from its memory after it last heard that it owns a shard. With two leases in one space an old owner could still answer after its successor has begun; every node takes this one
 * @param groups over how many groups the states and fences of the shards are spread. A node with another number would look for them where they are not
 */
public record ShardTerms(Duration lease, int groups) {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    /** The most groups. */
    public static final int MAX_GROUPS = 1000;

    /** Of a map that nobody has founded yet. */
    public static final ShardTerms NONE = new ShardTerms(Duration.ofSeconds(1), 1);

    /**
     * Validates the numbers.
     *
     * @param lease as the component
     * @param groups as the component
     * @throws IllegalArgumentException if the lease is not 1 ms to a day in whole milliseconds, or the number not 1 to {@value #MAX_GROUPS}
     */
    public ShardTerms {
        Check.that(
                lease.compareTo(SHORTEST) >= 0 && lease.compareTo(LONGEST) <= 0 && lease.toNanosPart() % 1_000_000 == 0,
                "lease (%s) must be a whole number of milliseconds from %s to %s; take 1 s",
                lease,
                SHORTEST,
                LONGEST);
        Check.between("groups", groups, 1, MAX_GROUPS);
    }
}
