package io.holdfast.sharding.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class JobPlanTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private static final Schedule SECOND = Schedule.every(Duration.ofSeconds(1));
    private static final Schedule DAY = Schedule.cron("0 0 * * *", ZoneOffset.UTC);

    private static JobPlan plan(Schedule schedule, long throughMillis, long nowMillis) {
        return JobPlan.of("job", schedule, T.plusMillis(throughMillis), T.plusMillis(nowMillis));
    }

    private static Optional<Instant> at(long millis) {
        return Optional.of(T.plusMillis(millis));
    }

    private static JobPlan missed(long first, long last, int count, Optional<Instant> run) {
        return new JobPlan.Act(Optional.of(new JobPlan.Missed(T.plusMillis(first), T.plusMillis(last), count)), run);
    }

    @Test
    void nothingRunsBeforeItIsDue() {
        assertThat(plan(SECOND, 0, 999)).isEqualTo(new JobPlan.Await(T.plusMillis(1000)));
        assertThat(plan(SECOND, 0, 1000)).isEqualTo(new JobPlan.Act(Optional.empty(), at(1000)));
    }

    @Test
    void aClockThatStepsBackRunsNothingAgain() {
        assertThat(plan(SECOND, 5000, 1000)).isEqualTo(new JobPlan.Await(T.plusMillis(6000)));
    }

    @Test
    void skipReportsAllButTheLast() {
        assertThat(plan(SECOND, 0, 3400)).isEqualTo(missed(1000, 2000, 2, at(3000)));
    }

    @Test
    void skipRunsTheLastOnlyWithinTheGrace() {
        long day = Duration.ofDays(1).toMillis();
        assertThat(plan(DAY, 0, day + 60_000)).isEqualTo(new JobPlan.Act(Optional.empty(), at(day)));
        assertThat(plan(DAY, 0, day + 60_001)).isEqualTo(missed(day, day, 1, Optional.empty()));
        Schedule strict = SECOND.withGrace(Duration.ofMillis(100));
        assertThat(plan(strict, 0, 3400)).isEqualTo(missed(1000, 3000, 3, Optional.empty()));
    }

    @Test
    void runOnceRunsTheLastHoweverLate() {
        long day = Duration.ofDays(1).toMillis();
        Schedule once = DAY.withMisfire(Misfire.RUN_ONCE);
        assertThat(plan(once, 0, 3 * day + day / 2)).isEqualTo(missed(day, 2 * day, 2, at(3 * day)));
        assertThat(plan(once, 0, day + day / 2)).isEqualTo(new JobPlan.Act(Optional.empty(), at(day)));
    }

    @Test
    void runAllRunsEachInOrderAndOfTooManyTheNewest() {
        Schedule all = SECOND.withMisfire(Misfire.RUN_ALL);
        assertThat(plan(all, 0, 3400)).isEqualTo(new JobPlan.Act(Optional.empty(), at(1000)));
        assertThat(plan(all, 0, 100_400)).isEqualTo(new JobPlan.Act(Optional.empty(), at(1000)));
        assertThat(plan(all, 0, 103_400)).isEqualTo(missed(1000, 3000, 3, at(4000)));
    }

    @Test
    void aPastTooLongToCountIsReportedAsManyTicksAndEndsAtOnce() {
        long year = Duration.ofDays(365).toMillis();
        assertThat(plan(SECOND, 0, year + 400)).isEqualTo(missed(1000, year - 1000, JobEvent.MANY, at(year)));
        JobPlan.Act all = (JobPlan.Act) plan(SECOND.withMisfire(Misfire.RUN_ALL), 0, year + 400);
        assertThat(all.run()).isEqualTo(at(year - 99_000));
        assertThat(all.missed().orElseThrow().last()).isEqualTo(T.plusMillis(year - 100_000));
        Schedule strict = SECOND.withGrace(Duration.ofMillis(100));
        assertThat(plan(strict, 0, year + 400)).isEqualTo(missed(1000, year, JobEvent.MANY, Optional.empty()));
        JobPlan.Act cron = (JobPlan.Act) plan(Schedule.cron("* * * * * *", ZoneOffset.UTC), 0, year + 400);
        assertThat(cron.run()).isEqualTo(at(year));
        assertThat(cron.missed().orElseThrow().count()).isEqualTo(JobEvent.MANY);
    }

    @Test
    void aPastWhoseLastDayIsEmptyAndTheDayBeforeTooFullToCountIsReportedToo() {
        Schedule office = Schedule.cron("* * 9-17 * * MON-FRI", ZoneOffset.UTC);
        JobPlan.Act act = (JobPlan.Act)
                JobPlan.of("job", office, Instant.parse("2026-01-02T12:00:00Z"), Instant.parse("2026-01-03T20:00:00Z"));
        assertThat(act.run()).isEmpty();
        assertThat(act.missed().orElseThrow().last()).isEqualTo(Instant.parse("2026-01-02T17:59:59Z"));
        assertThat(act.missed().orElseThrow().first()).isEqualTo(Instant.parse("2026-01-02T12:00:01Z"));
    }

    @Test
    void ofAPastTooLongToCountRunAllRunsTheNewestWhereverTheyAre() {
        Schedule office = Schedule.cron("* * 9-17 * * MON-FRI", ZoneOffset.UTC).withMisfire(Misfire.RUN_ALL);
        for (String now : List.of("2026-01-02T18:00:00Z", "2026-01-03T20:00:00Z", "2026-01-05T08:59:59Z")) {
            JobPlan.Act act =
                    (JobPlan.Act) JobPlan.of("job", office, Instant.parse("2025-11-02T12:00:00Z"), Instant.parse(now));
            assertThat(act.run()).as(now).contains(Instant.parse("2026-01-02T17:58:20Z"));
            assertThat(act.missed().orElseThrow().last()).as(now).isEqualTo(Instant.parse("2026-01-02T17:58:19Z"));
        }
        JobPlan.Act monday = (JobPlan.Act)
                JobPlan.of("job", office, Instant.parse("2025-11-02T12:00:00Z"), Instant.parse("2026-01-05T09:00:01Z"));
        assertThat(monday.run()).contains(Instant.parse("2026-01-02T17:58:22Z"));
        Schedule late = Schedule.cron("* * * * * *", ZoneOffset.UTC)
                .withJitter(Schedule.MAX_JITTER)
                .withMisfire(Misfire.RUN_ALL);
        Instant year = T.plus(Duration.ofDays(365));
        JobPlan.Act jittered = (JobPlan.Act) JobPlan.of("job", late, T, year);
        Instant last = jittered.run().orElseThrow().plusSeconds(Schedule.MAX_CAUGHT_UP - 1);
        assertThat(late.due("job", last)).isBeforeOrEqualTo(year);
        assertThat(late.due("job", last.plusSeconds(1))).isAfter(year);
    }

    @Test
    void aScheduleWithoutATickLeftIsOver() {
        assertThat(JobPlan.of("job", Schedule.cron("0 0 30 2 *", ZoneOffset.UTC), T, T))
                .isEqualTo(new JobPlan.Over());
    }

    /** The oracle counts on its fingers. */
    @Test
    void everyDueTickIsRunOrReportedInWhateverStepsTimePasses() {
        LongStream.rangeClosed(1, 60).forEach(seed -> {
            SplittableRandom random = new SplittableRandom(seed);
            Misfire misfire = Misfire.values()[random.nextInt(3)];
            Schedule schedule = SECOND.withMisfire(misfire)
                    .withGrace(Duration.ofMillis(random.nextInt(2000)))
                    .withJitter(Duration.ofMillis(random.nextInt(1000)));
            TreeSet<Instant> decided = new TreeSet<>();
            Instant through = T;
            long now = 0;
            for (int turn = 0; turn < 50; turn++) {
                now += random.nextLong(random.nextInt(10) == 0 ? 200_000 : 3000);
                while (JobPlan.of("job", schedule, through, T.plusMillis(now)) instanceof JobPlan.Act act) {
                    for (JobPlan.Missed missed : act.missed().stream().toList()) {
                        LongStream.rangeClosed(1, missed.count())
                                .mapToObj(i -> missed.first().plusSeconds(i - 1))
                                .forEach(tick -> assertThat(decided.add(tick))
                                        .as("seed %d", seed)
                                        .isTrue());
                        assertThat(decided.last()).isEqualTo(missed.last());
                    }
                    act.run().ifPresent(tick -> assertThat(decided.add(tick)).isTrue());
                    through = decided.last();
                }
                int due = 0;
                while (!schedule.due("job", T.plusSeconds(due + 1)).isAfter(T.plusMillis(now))) {
                    due++;
                }
                List<Instant> all =
                        LongStream.rangeClosed(1, due).mapToObj(T::plusSeconds).toList();
                assertThat(decided).as("seed %d", seed).containsExactlyElementsOf(all);
            }
        });
    }

    @Test
    void jitterStaysInItsBoundsSpreadsAndIsTheSameEverywhere() {
        Schedule schedule = Schedule.every(Duration.ofMinutes(1)).withJitter(Duration.ofSeconds(10));
        Schedule elsewhere = Schedule.every(Duration.ofMinutes(1)).withJitter(Duration.ofSeconds(10));
        long[] late = LongStream.range(0, 1000)
                .mapToObj(i -> T.plusSeconds(60 * i))
                .peek(tick -> assertThat(schedule.due("a", tick)).isEqualTo(elsewhere.due("a", tick)))
                .mapToLong(
                        tick -> Duration.between(tick, schedule.due("a", tick)).toMillis())
                .toArray();
        assertThat(LongStream.of(late)).allMatch(millis -> millis >= 0 && millis <= 10_000);
        assertThat(LongStream.of(late).average().orElseThrow()).isBetween(4_500.0, 5_500.0);
        assertThat(schedule.due("b", T)).isNotEqualTo(schedule.due("a", T));
    }

    @Test
    void ticksOfAFixedRateAreMultiplesSinceTheEpoch() {
        Schedule seven = Schedule.every(Duration.ofSeconds(7));
        Instant tick = seven.next(T).orElseThrow();
        assertThat(tick.toEpochMilli() % 7000).isZero();
        assertThat(tick).isAfter(T).isBeforeOrEqualTo(T.plusSeconds(7));
        assertThat(seven.next(tick)).contains(tick.plusSeconds(7));
        assertThat(seven.next(tick.minusNanos(1))).contains(tick);
    }

    @Test
    void aScheduleThatCannotBeMeantIsRefused() {
        assertThatThrownBy(() -> Schedule.every(Duration.ofMillis(99))).hasMessageContaining("at least 100ms");
        assertThatThrownBy(() -> SECOND.withJitter(Duration.ofSeconds(1)))
                .hasMessage("jitter (1s) must be shorter than every (1s); lower the jitter");
        assertThatThrownBy(() -> DAY.withJitter(Duration.ofHours(2))).hasMessageContaining("at most 1h");
        assertThatThrownBy(() -> SECOND.withLimit(Duration.ZERO)).hasMessageContaining("longer than zero");
    }
}
