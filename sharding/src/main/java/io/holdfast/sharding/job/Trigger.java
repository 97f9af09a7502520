package io.holdfast.sharding.job;

import io.holdfast.core.Check;
import io.holdfast.core.DurationText;
import io.holdfast.sharding.job.cron.CronTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The instants at which a job ticks: the same on all nodes, whoever asks and when. Immutable. */
sealed interface Trigger {
    /** Each tick costs two commits. */
    Duration SHORTEST = Duration.ofMillis(100);

    /** Longer ones are mistyped. */
    Duration LONGEST = Duration.ofDays(3660);

    /** The first tick after an instant; empty if there is none. */
    Optional<Instant> next(Instant after);

    /** Multiples of a period since 1970-01-01T00:00:00Z. */
    record Every(Duration period) implements Trigger {
        public Every {
            Check.that(
                    period.compareTo(SHORTEST) >= 0
                            && period.compareTo(LONGEST) <= 0
                            && period.toNanosPart() % 1_000_000 == 0,
                    "every (%s) must be a whole number of milliseconds, at least %s (each tick costs two commits) and at most %s",
                    period,
                    SHORTEST,
                    LONGEST);
        }

        @Override
        public Optional<Instant> next(Instant after) {
            long millis = period.toMillis();
            return Optional.of(Instant.ofEpochMilli((Math.floorDiv(after.toEpochMilli(), millis) + 1) * millis));
        }

        @Override
        public String toString() {
            return "every " + DurationText.of(period);
        }
    }

    /** A cron expression. */
    record Cron(CronTimes times) implements Trigger {
        @Override
        public Optional<Instant> next(Instant after) {
            return times.next(after);
        }

        @Override
        public String toString() {
            return "cron " + times;
        }
    }
}
