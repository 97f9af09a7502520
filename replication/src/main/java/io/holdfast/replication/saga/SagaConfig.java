package io.holdfast.replication.saga;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;

/**
 * The bounds of sagas on a node.
 *
 * @param maxAlive how many sagas may be under way in one shard
 * @param maxEnded how many ended sagas one shard remembers
 * @param retention how long an ended saga is remembered
 * @param stepsAtOnce how many steps run at once on this node
 * @param commit how long an append to the journal may take before its outcome is looked up
 */
@Doc(
        "Runs sagas: work of several steps that outlives crashes. A saga lives in a shard, and the owner of the shard runs it.")
public record SagaConfig(
        @Doc("How many sagas may be under way in one shard; a further start is refused. Child sagas do not count.")
        @Default("10000")
        int maxAlive,

        @Doc(
                "How many ended sagas one shard remembers; when there are more, starts are refused until the oldest have passed the retention.")
        @Default("10000")
        int maxEnded,

        @Doc("How long an ended saga is remembered: so long a repeated start with its id is the same saga.")
        @Default("24h")
        Duration retention,

        @Doc("How many steps run at once on this node; further ones wait for their turn.") @Default("256")
        int stepsAtOnce,

        @Doc("How long an append to the journal may take before its outcome is looked up.") @Default("5s")
        Duration commit) {
    /**
     * Validates the numbers.
     *
     * @param maxAlive as the component
     * @param maxEnded as the component
     * @param retention as the component
     * @param stepsAtOnce as the component
     * @param commit as the component
     * @throws IllegalArgumentException if one is out of bounds; the message names it and the remedy
     */
    public SagaConfig {
        Check.between("maxAlive", maxAlive, 1, 1_000_000);
        Check.between("maxEnded", maxEnded, 1, 1_000_000);
        Check.between("stepsAtOnce", stepsAtOnce, 1, 100_000);
        Check.positive("commit", commit);
        Check.positive("retention", retention);
    }

    /**
     * The defaults: 10,000 sagas a shard under way and as many ended, remembered for a day.
     *
     * @return the preset
     */
    public static SagaConfig standard() {
        return new SagaConfig(10_000, 10_000, Duration.ofDays(1), 256, Duration.ofSeconds(5));
    }

    /**
     * The same with other bounds of sagas in a shard.
     *
     * @param alive as {@code maxAlive}
     * @param ended as {@code maxEnded}
     * @return a copy
     */
    public SagaConfig withSagas(int alive, int ended) {
        return new SagaConfig(alive, ended, retention, stepsAtOnce, commit);
    }

    /**
     * The same with another memory of ended sagas.
     *
     * @param value as {@code retention}
     * @return a copy
     */
    public SagaConfig withRetention(Duration value) {
        return new SagaConfig(maxAlive, maxEnded, value, stepsAtOnce, commit);
    }

    /**
     * The same with another bound of steps.
     *
     * @param value as {@code stepsAtOnce}
     * @return a copy
     */
    public SagaConfig withStepsAtOnce(int value) {
        return new SagaConfig(maxAlive, maxEnded, retention, value, commit);
    }
}
