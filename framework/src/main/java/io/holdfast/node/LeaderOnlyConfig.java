package io.holdfast.node;

import io.holdfast.core.Check;
import io.holdfast.core.config.Doc;
import io.holdfast.core.config.Section;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The jobs that one node does at a time, by the names of their elections.
 *
 * @param leaderOnly the numbers of each job
 */
@Doc(
        "Jobs that only the leader of an election does, by the election's name. Annotations say the same, what stands here wins.")
public record LeaderOnlyConfig(Map<String, Job> leaderOnly) {
    static final Section<LeaderOnlyConfig> SECTION = Section.of("holdfast", LeaderOnlyConfig.class);

    /**
     * Copies the map.
     *
     * @param leaderOnly as the component
     */
    public LeaderOnlyConfig {
        leaderOnly = Map.copyOf(leaderOnly);
    }

    /**
     * One job.
     *
     * @param every the time from one beginning to the next
     */
    public record Job(
            @Doc("How long from one beginning of the job to the next.")
            Optional<Duration> every) {
        /**
         * Validates the time.
         *
         * @param every longer than zero
         * @throws IllegalArgumentException if it is not longer than zero
         */
        public Job {
            every.ifPresent(time -> Check.positive("every", time));
        }
    }

    /** What is configured, or what the code says. */
    Duration every(String election, Duration said) {
        Job job = leaderOnly.get(election);
        return job == null ? said : job.every().orElse(said);
    }
}
