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
 * @param timelines how long the whole history of an ended saga is kept
 * @param stepsAtOnce how many steps run at once on this node
 * @param commit how long an append to the journal may take before its outcome is looked up
 */
@Doc("Runs sagas: work of several steps that outlives crashes. A saga lives in a shard, and the owner of the shard runs it.")
public record SagaConfig(
        @Doc("How many sagas may be under way in one shard; a further start is refused. Child sagas do not count.")
        @Default("10000")
        int maxAlive,

        @Doc("How many ended sagas one shard remembers; when there are more, starts are refused until the oldest have passed the retention.")
        @Default("10000")
        int maxEnded,

        @Doc("How long an ended saga is remembered: so long a repeated start with its id is the same saga. At least the timelines.")
        @Default("24h")
        Duration retention,

        @Doc("How long the whole history of an ended saga is kept for people; afterwards a summary is. At most 1,000 histories a shard.")
        @Default("1m")
        Duration timelines,

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
     * @param timelines as the component
     * @param stepsAtOnce as the component
     * @param commit as the component
     * @throws IllegalArgumentException if one is out of bounds; the message names it and the remedy
     */
    public SagaConfig {
        Check.between("maxAlive", maxAlive, 1, 1_000_000);
        Check.between("maxEnded", maxEnded, 1, 1_000_000);
        Check.between("stepsAtOnce", stepsAtOnce, 1, 100_000);
        Check.positive("commit", commit);
        Check.notNegative("timelines", timelines);
        Check.that(
                retention.compareTo(timelines) >= 0,
                "retention (%s) must be at least the timelines (%s)",
                retention,
                timelines);
    }

    /**
     * The defaults: 10,000 sagas a shard under way and as many ended, remembered for a day.
     *
     * @return the preset
     */
    public static SagaConfig standard() {
        return new SagaConfig(10_000, 10_000, Duration.ofDays(1), Duration.ofMinutes(1), 256, Duration.ofSeconds(5));
    }

    /**
     * The same with other bounds of sagas in a shard.
     *
     * @param alive as {@code maxAlive}
     * @param ended as {@code maxEnded}
     * @return a copy
     */
    public SagaConfig withSagas(int alive, int ended) {
        return new SagaConfig(alive, ended, retention, timelines, stepsAtOnce, commit);
    }

    /**
     * The same with another memory of ended sagas.
     *
     * @param summaries as {@code retention}
     * @param histories as {@code timelines}
     * @return a copy
     */
    public SagaConfig withRetention(Duration summaries, Duration histories) {
        return new SagaConfig(maxAlive, maxEnded, summaries, histories, stepsAtOnce, commit);
    }

    /**
     * The same with another bound of steps.
     *
     * @param value as {@code stepsAtOnce}
     * @return a copy
     */
    public SagaConfig withStepsAtOnce(int value) {
        return new SagaConfig(maxAlive, maxEnded, retention, timelines, value, commit);
    }
}
