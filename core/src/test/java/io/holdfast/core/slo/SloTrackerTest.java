package io.holdfast.core.slo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SloTrackerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Objective THREE_NINES = Objective.availability(0.999);

    private long now = 77 * SECOND;
    private final SloTracker tracker = new SloTracker("catalog", THREE_NINES, now);

    private void run(Duration time, double failing) {
        for (long i = 0; i < time.toSeconds(); i++) {
            now += SECOND;
            for (int call = 0; call < 10; call++) {
                tracker.record((i * 10 + call) % 1000 >= failing * 1000, 1_000_000, now);
            }
        }
    }

    @Test
    void aBudgetThatIsSpentExactlyBurnsAtOne() {
        run(Duration.ofHours(1), 0.001);
        assertThat(tracker.burnRate(Duration.ofHours(1), now)).isCloseTo(1, within(0.05));
        assertThat(tracker.firing(BurnAlert.WORKBOOK, now)).isEmpty();
    }

    @Test
    void aFastBurnFiresOnceItHasHeldForBothWindows() {
        run(Duration.ofHours(2), 0);
        run(Duration.ofMinutes(5), 0.1); // burns at 100, but over the last hour at 8
        assertThat(names()).doesNotContain("page-fast");

        run(Duration.ofMinutes(5), 0.1);
        assertThat(tracker.burnRate(Duration.ofMinutes(5), now)).isCloseTo(100, within(10.0));
        assertThat(names()).contains("page-fast");
    }

    @Test
    void theAlertIsOverSoonAfterTheTrouble() {
        run(Duration.ofHours(1), 0.1);
        assertThat(names()).contains("page-fast");

        run(Duration.ofMinutes(6), 0);

        assertThat(tracker.burnRate(Duration.ofHours(1), now)).isGreaterThan(14.4);
        assertThat(names()).doesNotContain("page-fast");
    }

    @Test
    void aSlowAnswerIsBadForALatencyObjectiveOnly() {
        Objective latency = Objective.latency(0.99, Duration.ofMillis(300));
        assertThat(latency.isGood(true, 300_000_000)).isTrue();
        assertThat(latency.isGood(true, 300_000_001)).isFalse();
        assertThat(latency.isGood(false, 1)).isFalse();
        assertThat(THREE_NINES.isGood(true, Long.MAX_VALUE)).isTrue();
    }

    @Test
    void aGuardObjectsWithTheNumbersAndOnlyWithEnoughCalls() {
        Guard guard = tracker.guard(10, Duration.ofMinutes(1), 100);
        for (int i = 0; i < 99; i++) {
            tracker.record(false, 1, now);
        }
        assertThat(guard.check(now).ok()).isTrue();

        tracker.record(false, 1, now);

        assertThat(guard.check(now).reason())
                .isEqualTo(
                        "availability of catalog (99.9% answered) burns at 1000.0 times its budget over the last 1m, more than 10.0");
    }

    @Test
    void aPauseLongerThanTheRingForgetsEverything() {
        run(Duration.ofMinutes(10), 1);
        now += Duration.ofDays(4).toNanos();
        assertThat(tracker.burnRate(Duration.ofDays(3), now)).isZero();
        assertThat(tracker.bad()).isEqualTo(6000);
    }

    @Test
    void aTargetOfAHundredPercentIsRefusedWithTheReason() {
        assertThatThrownBy(() -> Objective.availability(1)).hasMessageContaining("would spend a budget of nothing");
    }

    @Property(tries = 50)
    void windowsCountWhatADumbListCounts(@ForAll long seed) {
        Random random = new Random(seed);
        long at = random.nextInt(1_000_000) * SECOND;
        SloTracker tracked = new SloTracker("x", THREE_NINES, at);
        List<long[]> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            at += random.nextInt(2000) * SECOND; // six days, twice the longest ring
            boolean good = random.nextBoolean();
            tracked.record(good, 1, at);
            all.add(new long[] {at, good ? 1 : 0});
        }
        for (int minutes : new int[] {1, 5, 30, 60, 360, 365, 1440, 4320}) {
            long bucket = (minutes <= 360 ? 10 : 300) * SECOND;
            long oldest = Math.floorDiv(at, bucket) - minutes * 60 * SECOND / bucket + 1;
            List<long[]> within = all.stream()
                    .filter(e -> Math.floorDiv(e[0], bucket) >= oldest)
                    .toList();
            long bad = within.stream().filter(e -> e[1] == 0).count();
            long events = within.size();
            Duration window = Duration.ofMinutes(minutes);
            assertThat(tracked.events(window, at)).as("seed %d", seed).isEqualTo(events);
            double expected = events == 0 ? 0 : (double) bad / events / THREE_NINES.budget();
            assertThat(tracked.burnRate(window, at)).as("seed %d", seed).isCloseTo(expected, within(1e-9));
        }
    }

    /** A budget of 10 % burns at 10 when every call fails: no alert above that could ever fire. */
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.8, 0.9, 0.93, 0.96, 0.99, 0.99999})
    void whenNearlyEveryCallFailsEveryAlertFiresAndTheGuardObjectsWhateverTheTarget(double target) {
        Objective objective = Objective.availability(target);
        SloTracker seen = new SloTracker("catalog", objective, now);
        Guard guard = seen.guard(SloBook.GUARD_FACTOR, SloBook.GUARD_WINDOW, 20);
        for (int i = 0; i < 100; i++) {
            seen.record(i < 2, 1, now);
        }
        assertThat(seen.firing(BurnAlert.WORKBOOK, now)).hasSize(3);
        assertThat(guard.check(now).ok()).isFalse();
        String rules = SloRules.prometheus(Map.of("catalog", List.of(objective)), BurnAlert.WORKBOOK);
        assertThat(Pattern.compile("} > (\\S+)").matcher(rules).results())
                .hasSize(6)
                .allMatch(factor -> Double.parseDouble(factor.group(1)) < 0.98 / objective.budget());
    }

    @Test
    void aSmallBudgetKeepsTheFactorsOfTheWorkbookAndALargeOneFiresAtHalfOfTheCalls() {
        assertThat(Objective.availability(0.99).reachable(14.4)).isEqualTo(14.4);
        assertThat(Objective.availability(0.9).reachable(14.4)).isEqualTo(5);
        assertThat(Objective.availability(0.9).reachable(1)).isEqualTo(1);
        assertThat(Objective.availability(0.5).reachable(6)).isEqualTo(1);
    }

    @Test
    void theRulesNameTheSameFactorsAndWindows() {
        String rules = SloRules.prometheus(Map.of("catalog", List.of(THREE_NINES)), BurnAlert.WORKBOOK);

        assertThat(rules)
                .contains("record: holdfast:slo_burn_rate:5m")
                .contains("holdfast:slo_burn_rate:1h{service=\"catalog\",objective=\"availability\"} > 14.4")
                .contains("severity: page, burn: page-fast")
                .contains("/ 0.00100");
    }

    private List<String> names() {
        return tracker.firing(BurnAlert.WORKBOOK, now).stream()
                .map(BurnAlert::name)
                .toList();
    }
}
