package io.holdfast.sharding.job.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Berlin leaps from 02:00 to 03:00 on 2026-03-29, and back from 03:00 to 02:00 on 2026-10-25. */
class CronTimesTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final ZoneId UTC = ZoneId.of("UTC");

    private static List<String> from(String cron, String local, int count) {
        CronTimes times = CronTimes.of(cron, BERLIN);
        Instant at = LocalDateTime.parse(local).atZone(BERLIN).toInstant();
        List<String> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            at = times.next(at).orElseThrow();
            found.add(at.atZone(BERLIN).toOffsetDateTime().toString());
        }
        return found;
    }

    @Test
    void aTimeThatDoesNotExistIsDueWhenTheClockLeaps() {
        assertThat(from("30 2 * * *", "2026-03-28T03:00:00", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(from("0 2 * * *", "2026-03-28T03:00:00", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:00+02:00");
    }

    @Test
    void severalTimesThatDoNotExistAreDueOnce() {
        assertThat(from("0,20,40 2,3 * * *", "2026-03-29T01:59:59", 3))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-29T03:20+02:00", "2026-03-29T03:40+02:00");
    }

    @Test
    void aTimeThatComesTwiceIsDueTheFirstTime() {
        assertThat(from("30 2 * * *", "2026-10-24T03:00:00", 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        assertThat(from("0 3 * * *", "2026-10-24T03:00:00", 1)).containsExactly("2026-10-25T03:00+01:00");
    }

    @Test
    void anExpressionOfEveryHourFollowsRealTime() {
        assertThat(from("0 * * * *", "2026-03-29T00:30:00", 3))
                .containsExactly("2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00", "2026-03-29T04:00+02:00");
        assertThat(from("30 * * * *", "2026-10-25T01:00:00", 4))
                .containsExactly(
                        "2026-10-25T01:30+02:00",
                        "2026-10-25T02:30+02:00",
                        "2026-10-25T02:30+01:00",
                        "2026-10-25T03:30+01:00");
    }

    @Test
    void ticksOfTheRepeatedHourAreStrictlyLaterThanWhatTheyFollow() {
        Instant secondPass = Instant.parse("2026-10-25T01:10:00Z");
        assertThat(CronTimes.of("20 2 * * *", BERLIN).next(secondPass)).contains(Instant.parse("2026-10-26T01:20:00Z"));
    }

    @Test
    void theDayThatFebruarySometimesHasIsFound() {
        assertThat(from("0 0 29 2 *", "2026-01-01T00:00:00", 1)).containsExactly("2028-02-29T00:00+01:00");
        assertThat(CronTimes.of("0 0 31 2 *", UTC).next(Instant.EPOCH)).isEqualTo(Optional.empty());
    }

    @Test
    void sixFieldsHaveSecondsInFront() {
        assertThat(from("*/20 59 23 L * *", "2026-02-01T00:00:00", 2))
                .containsExactly("2026-02-28T23:59+01:00", "2026-02-28T23:59:20+01:00");
    }

    @Test
    void aMistakeIsToldWithTheExpressionAndAnExample() {
        assertThatThrownBy(() -> CronTimes.of("61 * * * *", UTC))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cron (61 * * * *) is none")
                .hasMessageContaining("write for instance 30 2 * * *");
        assertThatThrownBy(() -> CronTimes.of("* * *", UTC)).hasMessageContaining("must have 5 fields");
    }

    /** The oracle goes from minute to minute. */
    @Test
    void theNextTimeIsTheOneThatGoingMinuteByMinuteFinds() {
        Map<String, Predicate<ZonedDateTime>> rules = new LinkedHashMap<>();
        rules.put("*/7 * * * *", t -> t.getMinute() % 7 == 0);
        rules.put("5 4 * * *", t -> t.getMinute() == 5 && t.getHour() == 4);
        rules.put(
                "0 9-17/4 * * *", t -> t.getMinute() == 0 && List.of(9, 13, 17).contains(t.getHour()));
        rules.put("30 6 1,15 * *", t -> at(t, 6, 30) && (t.getDayOfMonth() == 1 || t.getDayOfMonth() == 15));
        rules.put("0 0 * * 0", t -> at(t, 0, 0) && t.getDayOfWeek() == DayOfWeek.SUNDAY);
        rules.put("0 0 * * 7", t -> at(t, 0, 0) && t.getDayOfWeek() == DayOfWeek.SUNDAY);
        rules.put("15 12 * * 1-5", t -> at(t, 12, 15) && t.getDayOfWeek().getValue() <= 5);
        rules.put("0 0 1 1,7 *", t -> at(t, 0, 0) && t.getDayOfMonth() == 1 && t.getMonthValue() % 6 == 1);
        rules.put(
                "0 0 13 * 5",
                t -> at(t, 0, 0) && (t.getDayOfMonth() == 13 || t.getDayOfWeek() == DayOfWeek.FRIDAY)); // Unix: either
        SplittableRandom random = new SplittableRandom(42);
        rules.forEach((cron, due) -> {
            CronTimes times = CronTimes.of(cron, UTC);
            for (int i = 0; i < 20; i++) {
                Instant after = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextLong(100_000_000));
                assertThat(times.next(after)).as("%s after %s", cron, after).contains(dumb(after, due));
            }
        });
    }

    private static boolean at(ZonedDateTime time, int hour, int minute) {
        return time.getHour() == hour && time.getMinute() == minute;
    }

    private static Instant dumb(Instant after, Predicate<ZonedDateTime> due) {
        ZonedDateTime at = after.truncatedTo(ChronoUnit.MINUTES).atZone(UTC).plusMinutes(1);
        while (!due.test(at)) {
            at = at.plus(Duration.ofMinutes(1));
        }
        return at.toInstant();
    }
}
