package io.holdfast.discovery.outlier;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.ServiceInstance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutlierTableTest {
    private static final OutlierConfig CONFIG = OutlierConfig.DEFAULT;
    private static final long SECOND = 1_000_000_000L;

    private final List<OutlierEvent> events = new ArrayList<>();
    private final OutlierTable table = new OutlierTable(CONFIG, SlowStartConfig.OFF, events::add);
    private List<ServiceInstance> instances = instances(10);
    private long now = 77 * SECOND;

    private static List<ServiceInstance> instances(int count) {
        return IntStream.range(0, count).mapToObj(i -> instance(i, "1", true)).toList();
    }

    private static ServiceInstance instance(int number, String version, boolean ready) {
        return new ServiceInstance(
                ServiceName.of("catalog"),
                NodeId.of("n" + number),
                Address.of("127.0.0.1", 1000 + number),
                version,
                "",
                Map.of(),
                100,
                ready,
                List.of());
    }

    private static NodeId node(int number) {
        return NodeId.of("n" + number);
    }

    private Standing standing(int number) {
        return Objects.requireNonNull(roster().standings().get(node(number)));
    }

    private Roster roster() {
        return table.roster(instances, now);
    }

    private void calls(int number, int good, int failed, double relative) {
        Standing standing = standing(number);
        for (int i = 0; i < Math.max(good, failed); i++) { // mixed, so that few fail in a row
            if (i < good) {
                table.ended(standing, Ended.GOOD, relative, false, now);
            }
            if (i < failed) {
                table.ended(standing, Ended.FAILED, Double.NaN, false, now);
            }
        }
    }

    private void others(int except, int good, double relative) {
        IntStream.range(0, instances.size()).filter(i -> i != except).forEach(i -> calls(i, good, 0, relative));
    }

    private void pass(Duration time) {
        now += time.toNanos();
        roster();
    }

    private OutlierEvent last() {
        return events.get(events.size() - 1);
    }

    private boolean out(int number) {
        return roster().out().contains(node(number));
    }

    @Test
    void failuresInARowTakeAnInstanceOutAtOnce() {
        others(3, 20, 1);
        calls(3, 0, CONFIG.consecutiveFailures() - 1, 1);
        calls(3, 1, 0, 1); // the row is broken
        calls(3, 0, CONFIG.consecutiveFailures() - 1, 1);
        assertThat(out(3)).isFalse();
        calls(3, 0, 1, 1);
        assertThat(out(3)).isTrue();
        assertThat(((OutlierEvent.Ejected) last()).length()).isEqualTo(CONFIG.baseEjection());
    }

    @Test
    void nobodyIsTakenOutWhenTheOthersFailAsWell() {
        for (int i = 0; i < 10; i++) {
            calls(i, 0, 4, 1);
        }
        for (int i = 0; i < 10; i++) {
            calls(i, 0, 30, 1);
        }
        assertThat(roster().out()).isEmpty();
        assertThat(events).hasSize(1).first().isInstanceOf(OutlierEvent.Spared.class);
    }

    @Test
    void whileTheOthersFailTooTheRowMustBeLonger() {
        for (int i = 0; i < 10; i++) {
            calls(i, 14, 6, 1); // of the others' calls 30% fail: a row of eight is no accident
        }
        calls(3, 0, 7, 1);
        assertThat(out(3)).isFalse();
        calls(3, 1, 0, 1);
        calls(3, 0, 8, 1);
        assertThat(out(3)).isTrue();
    }

    @Test
    void aLowSuccessRateTakesAnInstanceOutAtTheNextJudgement() {
        others(3, 50, 1);
        calls(3, 35, 15, 1);
        assertThat(out(3)).isFalse();
        pass(CONFIG.interval());
        assertThat(out(3)).isTrue();
        assertThat(((OutlierEvent.Ejected) last()).why()).contains("70.0%", "35 of 50");
    }

    @Test
    void aSingleLostCallIsNoOutlierAmongPerfectOthers() {
        others(3, 50, 1);
        calls(3, 49, 1, 1);
        pass(CONFIG.interval());
        assertThat(events).isEmpty();
    }

    @Test
    void aSlowInstanceIsTakenOutByTheOthersMedian() {
        others(3, 50, 1);
        calls(3, 50, 0, 9);
        pass(CONFIG.interval());
        assertThat(out(3)).isTrue();
        assertThat(((OutlierEvent.Ejected) last()).kind()).isEqualTo(OutlierEvent.Kind.LATENCY);
    }

    @Test
    void oneLongPauseIsNoSlowInstance() {
        others(3, 50, 1);
        calls(3, 49, 0, 1);
        calls(3, 1, 0, 1000);
        pass(CONFIG.interval());
        assertThat(events).isEmpty();
    }

    @Test
    void fewCallsAreNotJudgedAndAddUpForTenIntervals() {
        others(3, 50, 1);
        calls(3, 0, 4, 1);
        pass(CONFIG.interval());
        for (int i = 0; i < 8; i++) {
            others(3, 50, 1);
            calls(3, 1, 1, 1);
            pass(CONFIG.interval());
        }
        assertThat(out(3)).as("20 calls, 12 of them failed").isTrue();
    }

    @Test
    void instancesAreComparedWithThoseOfTheirVersion() {
        List<ServiceInstance> mixed = new ArrayList<>(instances(6));
        IntStream.range(6, 10).forEach(i -> mixed.add(instance(i, "2", true)));
        instances = mixed;
        IntStream.range(0, 6).forEach(i -> calls(i, 50, 0, 1));
        IntStream.range(6, 10).forEach(i -> calls(i, 35, 15, 9));
        pass(CONFIG.interval());
        assertThat(events).isEmpty();
    }

    @Test
    void noMoreThanTheShareIsEverOut() {
        others(-1, 100, 1);
        for (int i = 0; i < 6; i++) {
            calls(i, 0, 30, 1);
        }
        assertThat(roster().out()).hasSize(3);
        assertThat(last()).isInstanceOf(OutlierEvent.Spared.class);
    }

    @Test
    void whoIsOutAndNotReadyUsesNothingOfTheCap() {
        instances = instances(5); // one may be out
        others(0, 20, 1);
        calls(0, 0, CONFIG.consecutiveFailures(), 1);
        assertThat(out(0)).isTrue();
        List<ServiceInstance> without = new ArrayList<>(instances);
        without.set(0, instance(0, "1", false));
        instances = without;
        others(1, 20, 1);
        calls(1, 0, CONFIG.consecutiveFailures(), 1);
        assertThat(out(1)).isTrue();
    }

    @Test
    void theOnlyInstanceStaysAndOneOfTwoMayGo() {
        instances = instances(1);
        calls(0, 0, 100, 1);
        assertThat(roster().out()).isEmpty();
        instances = instances(2);
        calls(1, 50, 0, 1);
        calls(0, 0, 100, 1);
        assertThat(roster().out()).containsExactly(node(0));
    }

    @Test
    void panicUsesAllWhenTooFewAreLeft() {
        others(-1, 100, 1);
        IntStream.range(0, 3).forEach(i -> calls(i, 0, 30, 1));
        assertThat(roster().out()).hasSize(3);
        List<ServiceInstance> left = List.copyOf(instances.subList(0, 5)); // two are in, three are out
        instances = left;
        assertThat(roster().panic()).isTrue();
        assertThat(roster().out()).isEmpty();
        instances = instances(10);
        assertThat(roster().panic()).isFalse();
        assertThat(roster().out()).hasSize(3);
    }

    private void eject(int number) {
        others(number, 20, 1);
        calls(number, 0, CONFIG.consecutiveFailures(), 1);
        assertThat(out(number)).isTrue();
    }

    private boolean probe(int number, Ended how, double relative) {
        boolean claimed = standing(number).claimProbe(now);
        if (claimed) {
            table.ended(standing(number), how, relative, true, now);
        }
        return claimed;
    }

    @Test
    void anInstanceComesBackThroughProbesOneAtATime() {
        eject(3);
        assertThat(standing(3).claimProbe(now)).isFalse();
        pass(CONFIG.baseEjection());
        assertThat(roster().onProbe()).containsExactly(node(3));
        assertThat(out(3)).as("no ordinary calls yet").isTrue();
        assertThat(standing(3).claimProbe(now)).isTrue();
        assertThat(standing(3).claimProbe(now)).as("one at a time").isFalse();
        table.ended(standing(3), Ended.SILENT, Double.NaN, true, now); // frees the place, proves nothing
        for (int i = 0; i < CONFIG.probeCalls(); i++) {
            assertThat(out(3)).isTrue();
            assertThat(probe(3, Ended.GOOD, 1)).isTrue();
        }
        assertThat(out(3)).isFalse();
        assertThat(last()).isEqualTo(new OutlierEvent.Returned(node(3)));
    }

    @Test
    void aFailedProbeSendsItOutForLongerUpToALimit() {
        eject(3);
        Duration longest = Duration.ZERO;
        for (int nth = 2; nth < 60; nth++) {
            pass(CONFIG.maxEjection());
            assertThat(probe(3, Ended.FAILED, Double.NaN)).isTrue();
            longest = ((OutlierEvent.Ejected) last()).length();
            if (nth < 30) {
                assertThat(longest).isEqualTo(CONFIG.baseEjection().multipliedBy(nth));
            }
        }
        assertThat(longest).isEqualTo(CONFIG.maxEjection());
    }

    @Test
    void aSlowInstanceMustBeFastAgain() {
        others(3, 50, 1);
        calls(3, 50, 0, 9);
        pass(CONFIG.interval());
        pass(CONFIG.baseEjection());
        probe(3, Ended.GOOD, 9);
        assertThat(last()).isInstanceOf(OutlierEvent.Ejected.class);
        assertThat(events).hasSize(3);
    }

    @Test
    void pastEjectionsFadeWithGoodConduct() {
        eject(3);
        pass(CONFIG.baseEjection());
        IntStream.range(0, CONFIG.probeCalls()).forEach(i -> probe(3, Ended.GOOD, 1));
        pass(CONFIG.baseEjection());
        eject(3);
        assertThat(((OutlierEvent.Ejected) last()).length()).isEqualTo(CONFIG.baseEjection());
    }

    @Test
    void aProbeThatNobodyHearsOfMakesRoomForAnother() {
        eject(3);
        pass(CONFIG.baseEjection());
        assertThat(standing(3).claimProbe(now)).isTrue();
        pass(Duration.ofSeconds(31));
        assertThat(standing(3).claimProbe(now)).isTrue();
    }

    @Test
    void whoBecomesReadyIsInAgain() {
        eject(3);
        List<ServiceInstance> all = instances;
        List<ServiceInstance> without = new ArrayList<>(all);
        without.set(3, instance(3, "1", false));
        instances = without;
        assertThat(out(3)).isTrue();
        instances = instances(10);
        assertThat(out(3)).isFalse();
        eject(3);
        assertThat(((OutlierEvent.Ejected) last()).length())
                .as("remembered")
                .isEqualTo(CONFIG.baseEjection().multipliedBy(2));
    }

    @Test
    void callsThatTellNothingCountForNothing() {
        others(3, 50, 1);
        IntStream.range(0, 100).forEach(i -> table.ended(standing(3), Ended.SILENT, Double.NaN, false, now));
        pass(CONFIG.interval());
        assertThat(events).isEmpty();
    }

    @Test
    void onlyWhatAppearsLaterStartsSlowly() {
        OutlierTable slow = new OutlierTable(CONFIG, SlowStartConfig.DEFAULT, events::add);
        List<ServiceInstance> first = List.of(instance(0, "", true), instance(1, "", false));
        assertThat(slow.roster(first, now).standing(node(0), now).warmth(now)).isEqualTo(1);
        List<ServiceInstance> second = List.of(instance(0, "", true), instance(1, "", true), instance(2, "", true));
        Roster roster = slow.roster(second, now);
        for (int fresh : new int[] {1, 2}) {
            Standing standing = roster.standing(node(fresh), now);
            assertThat(standing.warmth(now)).isEqualTo(0.1);
            assertThat(standing.warmth(now + 5 * SECOND)).isEqualTo(0.5);
            assertThat(standing.warmth(now + 10 * SECOND)).isEqualTo(1);
        }
        assertThat(roster.standing(node(0), now).warmth(now)).isEqualTo(1);
    }
}
