package io.holdfast.sharding.entity;

import io.holdfast.core.Check;
import java.time.Duration;

/**
 * The bounds of the entities of one node.
 *
 * @param memory how many bytes of resting entities stay in memory, with about 1 KiB for each; those least used leave first
 * @param waiting how many calls may wait for one entity; a further one is refused
 * @param calls how many calls of entities may be under way on this node, as a caller and as an owner each; a further one is refused
 * @param callBytes how many bytes of arguments these may have in all
 * @param running how many calls may run at once; a further one is refused
 * @param attempt after which time without an answer a call is sent again, under the same number
 * @param commit how long a read or a commit of a row may take
 * @param timeout the deadline of a call that brings none
 */
public record EntityLimits(
        long memory,
        int waiting,
        int calls,
        long callBytes,
        int running,
        Duration attempt,
        Duration commit,
        Duration timeout) {
    /**
     * Validates the numbers.
     *
     * @param memory as the component
     * @param waiting as the component
     * @param calls as the component
     * @param callBytes as the component
     * @param running as the component
     * @param attempt as the component
     * @param commit as the component
     * @param timeout as the component
     * @throws IllegalArgumentException if one is not positive
     */
    public EntityLimits {
        Check.between("memory of entities", memory, 1 << 20, Long.MAX_VALUE / 2);
        Check.between("calls that wait for an entity", waiting, 1, 1_000_000);
        Check.between("calls of entities under way", calls, 1, 10_000_000);
        Check.between("bytes of calls under way", callBytes, 1 << 20, Long.MAX_VALUE / 2);
        Check.between("calls of entities that run at once", running, 1, 1_000_000);
        Check.positive("time of an attempt", attempt);
        Check.positive("time of a commit", commit);
        Check.positive("timeout of a call", timeout);
    }

    /**
     * What suits a node with 1 GiB of heap or more.
     *
     * @return 128 MiB of entities, 1,000 waiting each, 20,000 calls with 128 MiB, 512 running, attempts of 1 s, commits of 5 s, a timeout of 10 s
     */
    public static EntityLimits standard() {
        return new EntityLimits(
                128L << 20,
                1_000,
                20_000,
                128L << 20,
                512,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10));
    }

    /**
     * Other memory.
     *
     * @param value bytes
     * @return a copy
     */
    public EntityLimits withMemory(long value) {
        return new EntityLimits(value, waiting, calls, callBytes, running, attempt, commit, timeout);
    }

    /**
     * Other numbers of waiting calls.
     *
     * @param value how many calls may wait for one entity
     * @return a copy
     */
    public EntityLimits withWaiting(int value) {
        return new EntityLimits(memory, value, calls, callBytes, running, attempt, commit, timeout);
    }

    /**
     * Other numbers of running calls.
     *
     * @param value how many calls may run at once
     * @return a copy
     */
    public EntityLimits withRunning(int value) {
        return new EntityLimits(memory, waiting, calls, callBytes, value, attempt, commit, timeout);
    }
}
