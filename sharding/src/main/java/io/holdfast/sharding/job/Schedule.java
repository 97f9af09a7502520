package io.holdfast.sharding.job;

import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.sharding.job.cron.CronTimes;
import io.holdfast.sharding.map.KeyHash;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** When a job runs, and what becomes of a run that is late. All nodes must have the same for a job. Immutable. */
public final class Schedule {
    /** How many late ticks {@link Misfire#RUN_ALL} runs at most. */
    public static final int MAX_CAUGHT_UP = 100;

    /** The longest jitter. */
    public static final Duration MAX_JITTER = Duration.ofHours(1);

    private static final Duration GRACE = Duration.ofMinutes(1);

    private final Trigger trigger;
    private final Duration jitter;
    private final Misfire misfire;
    private final Duration grace;
    private final Optional<Duration> limit;

    private Schedule(Trigger trigger, Duration jitter, Misfire misfire, Duration grace, Optional<Duration> limit) {
        this.trigger = trigger;
        this.jitter = jitter;
        this.misfire = misfire;
        this.grace = grace;
        this.limit = limit;
    }

    /**
     * A fixed rate: ticks are the multiples of the period since 1970-01-01T00:00:00Z, so {@code every(1h)} ticks at full hours of UTC, on whichever node.
     *
     * @param period a whole number of milliseconds, at least 100
     * @return the schedule, without jitter, {@link Misfire#SKIP}
     * @throws IllegalArgumentException if it is shorter or broken
     */
    public static Schedule every(Duration period) {
        return of(new Trigger.Every(period));
    }

    /**
     * A cron expression.
     *
     * @param expression 5 fields as Unix has them, or 6 with seconds in front; see {@link CronTimes#of}
     * @param zone whose local time is meant; {@link CronTimes} says what summer time does
     * @return the schedule, without jitter, {@link Misfire#SKIP}
     * @throws IllegalArgumentException if it is no such expression
     */
    public static Schedule cron(String expression, ZoneId zone) {
        return of(new Trigger.Cron(CronTimes.of(expression, zone)));
    }

    private static Schedule of(Trigger trigger) {
        return new Schedule(trigger, Duration.ZERO, Misfire.SKIP, GRACE, Optional.empty());
    }

    /**
     * Delays each tick by a part of this duration that the name of the job and the tick decide, so that jobs of one schedule do not all run at once.
     *
     * @param value the longest delay: shorter than the period, at most {@link #MAX_JITTER}; zero for none. Of a cron expression it should be shorter than the shortest gap: a tick that is due after its successor is late
     * @return the schedule with it
     * @throws IllegalArgumentException if it is longer
     */
    public Schedule withJitter(Duration value) {
        Check.notNegative("jitter", value);
        Check.that(
                value.compareTo(MAX_JITTER) <= 0,
                "jitter (%s) must be at most %s; take a later tick instead",
                value,
                MAX_JITTER);
        requireShorter(value, trigger);
        return new Schedule(trigger, value, misfire, grace, limit);
    }

    private static void requireShorter(Duration jitter, Trigger trigger) {
        if (trigger instanceof Trigger.Every every) {
            Check.that(
                    jitter.compareTo(every.period()) < 0,
                    "jitter (%s) must be shorter than every (%s); lower the jitter",
                    jitter,
                    every.period());
        }
    }

    /**
     * Ticks as another schedule does, and has all else from this one.
     *
     * @param other says when it ticks
     * @return the schedule with its ticks
     * @throws IllegalArgumentException if the jitter of this one is too long for it
     */
    public Schedule withTicksOf(Schedule other) {
        requireShorter(jitter, other.trigger);
        return new Schedule(other.trigger, jitter, misfire, grace, limit);
    }

    /**
     * Says what becomes of late ticks.
     *
     * @param value the policy
     * @return the schedule with it
     */
    public Schedule withMisfire(Misfire value) {
        return new Schedule(trigger, jitter, value, grace, limit);
    }

    /**
     * Says how late {@link Misfire#SKIP} still runs the last tick.
     *
     * @param value zero or more; one minute unless said
     * @return the schedule with it
     * @throws IllegalArgumentException if it is negative
     */
    public Schedule withGrace(Duration value) {
        return new Schedule(trigger, jitter, misfire, Check.notNegative("grace", value), limit);
    }

    /**
     * Says how long a run may take: then it is interrupted. The {@link io.holdfast.core.call.CallContext} of the run has this as its deadline, so calls that it makes end, too.
     *
     * @param value longer than zero; without it a run may take for ever, and keeps all later ticks from running
     * @return the schedule with it
     * @throws IllegalArgumentException if it is not longer than zero
     */
    public Schedule withLimit(Duration value) {
        return new Schedule(trigger, jitter, misfire, grace, Optional.of(Check.positive("limit", value)));
    }

    /** The first tick after an instant; empty if there is none. */
    Optional<Instant> next(Instant after) {
        return trigger.next(after);
    }

    /** When a tick is due: a new owner computes the same. */
    Instant due(String job, Instant tick) {
        if (jitter.isZero()) {
            return tick;
        }
        long share = KeyHash.of(job + "@" + tick.toEpochMilli()) >>> 1;
        return tick.plusMillis(share % (jitter.toMillis() + 1));
    }

    Duration jitter() {
        return jitter;
    }

    Misfire misfire() {
        return misfire;
    }

    Duration grace() {
        return grace;
    }

    Optional<Duration> limit() {
        return limit;
    }

    /** What decides which instants are ticks; another text in the row of a job means that its schedule was changed. */
    String ticks() {
        return trigger.toString();
    }

    @Override
    public String toString() {
        return trigger + (jitter.isZero() ? "" : " with jitter up to " + DurationText.of(jitter)) + ", late ones "
                + misfire;
    }
}
