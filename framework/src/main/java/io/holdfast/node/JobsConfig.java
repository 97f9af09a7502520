package io.holdfast.node;

import io.holdfast.core.Check;
import io.holdfast.core.config.Doc;
import io.holdfast.core.config.Section;
import io.holdfast.sharding.job.Misfire;
import io.holdfast.sharding.job.Schedule;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The scheduled jobs of the cluster, by their names.
 *
 * @param jobs what is said of each
 */
@Doc(
        "Scheduled jobs of the cluster, by name. Annotations say the same, what stands here wins. All nodes must have the same.")
public record JobsConfig(Map<String, Job> jobs) {
    static final Section<JobsConfig> SECTION = Section.of("holdfast", JobsConfig.class);

    /**
     * Copies the map.
     *
     * @param jobs as the component
     */
    public JobsConfig {
        jobs = Map.copyOf(jobs);
    }

    /**
     * One job. What is empty the annotation says.
     *
     * @param cron when it ticks; in place of {@code every}
     * @param every the time between ticks; in place of {@code cron}
     * @param zone whose local time {@code cron} means
     * @param jitter the longest delay of a tick
     * @param misfire what becomes of late ticks
     * @param grace how late the last tick still runs
     * @param limit how long a run may take
     */
    public record Job(
            @Doc("When it ticks: 5 fields as Unix has them, or 6 with seconds in front.")
            Optional<String> cron,

            @Doc("The time between ticks, which are its multiples since 1970.")
            Optional<Duration> every,

            @Doc("Whose local time cron means, such as Europe/Berlin.")
            Optional<String> zone,

            @Doc("The longest delay of a tick; the name and the tick decide how much of it.")
            Optional<Duration> jitter,

            @Doc("What becomes of ticks that came due when nobody could run them.")
            Optional<Misfire> misfire,

            @Doc("How late the skip policy still runs the last tick, if the next is not due.")
            Optional<Duration> grace,

            @Doc("How long a run may take before it is interrupted.")
            Optional<Duration> limit) {
        /**
         * Validates what can be said without the annotation.
         *
         * @param cron as the component
         * @param every as the component
         * @param zone as the component
         * @param jitter as the component
         * @param misfire as the component
         * @param grace as the component
         * @param limit as the component
         * @throws IllegalArgumentException if both say when it ticks, a zone has no cron, or a value is none
         */
        public Job {
            Check.that(
                    cron.isEmpty() || every.isEmpty(),
                    "cron (%s) and every (%s) must not both say when it ticks; remove one of them",
                    cron.orElse(""),
                    every.orElse(Duration.ZERO));
            Check.that(
                    zone.isEmpty() || cron.isPresent(),
                    "zone (%s) says whose local time cron means, so cron () must be set; set it here, too, or remove zone",
                    zone.orElse(""));
            cron.ifPresent(text -> Schedule.cron(text, ClusterWork.zone(zone.orElse("UTC"))));
            every.ifPresent(Schedule::every);
            limit.ifPresent(time -> Check.positive("limit", time));
            grace.ifPresent(time -> Check.notNegative("grace", time));
        }

        private Schedule schedule(Schedule said) {
            Schedule kept = jitter.isPresent() ? said.withJitter(Duration.ZERO) : said; // what is replaced need not fit
            Schedule next = cron.map(text -> Schedule.cron(text, ClusterWork.zone(zone.orElse("UTC"))))
                    .or(() -> every.map(Schedule::every))
                    .map(kept::withTicksOf)
                    .orElse(kept);
            next = jitter.map(next::withJitter).orElse(next);
            next = misfire.map(next::withMisfire).orElse(next);
            next = grace.map(next::withGrace).orElse(next);
            return limit.map(next::withLimit).orElse(next);
        }
    }

    /**
     * What is configured, or what the code says.
     *
     * @throws IllegalArgumentException if the two do not fit together
     */
    Schedule schedule(String name, Schedule said) {
        Job job = jobs.get(name);
        if (job == null) {
            return said;
        }
        try {
            return job.schedule(said);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("holdfast.jobs." + name + " does not fit the job: " + e.getMessage(), e);
        }
    }
}
