package io.holdfast.discovery.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.core.slo.Guard;
import io.holdfast.discovery.balance.BalancePolicy;
import io.holdfast.discovery.outlier.Ended;
import io.holdfast.discovery.traffic.TrafficSim.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CanaryTest {
    private static final int SEEDS = 20;
    private static final CanaryConfig CANARY =
            CanaryConfig.of("2", "1").withSteps(List.of(1, 5, 20, 50, 100), Duration.ofSeconds(10));

    private final Fleet fleet = new Fleet().with(9, "1").with(1, "2");

    /** Failure rates and mean latencies of the old and the new version. */
    private static TrafficSim sim(long seed, Fleet fleet, double[] failing, double[] millis) {
        TrafficSim[] sim = new TrafficSim[1];
        sim[0] = new TrafficSim(
                seed, fleet, BalancePolicy.P2C_PEAK_EWMA, TrafficPolicy.DEFAULT.withCanary(CANARY), (to, now) -> {
                    int version = to.version().equals("2") ? 1 : 0;
                    return new Answer(
                            sim[0].latency(millis[version]), sim[0].random().nextDouble() >= failing[version]);
                });
        return sim[0];
    }

    private static CanaryStatus status(TrafficSim sim) {
        return sim.policies.canary(Fleet.SERVICE).orElseThrow();
    }

    @Test
    void aVersionThatFailsEachFifthCallIsRolledBackBeforeItHarmsOneInAHundred() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            TrafficSim sim =
                    sim(seed, new Fleet().with(9, "1").with(1, "2"), new double[] {0.001, 0.2}, new double[] {10, 10});
            sim.run(60, 500);
            assertThat(status(sim).phase()).as("seed %d", seed).isEqualTo(CanaryStatus.Phase.ROLLED_BACK);
            double harmed = TrafficSim.share(
                    sim.between(0, Long.MAX_VALUE),
                    call -> !call.good() && call.instance().version().equals("2"));
            assertThat(harmed).as("seed %d", seed).isLessThan(0.01);
            assertThat(TrafficSim.share(
                            sim.between(sim.now() - 1_000_000_000L, Long.MAX_VALUE),
                            call -> call.instance().version().equals("2")))
                    .isZero();
        }
    }

    @Test
    void aVersionThatIsAsGoodTakesOver() {
        int complete = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            TrafficSim sim = sim(
                    seed, new Fleet().with(9, "1").with(3, "2"), new double[] {0.005, 0.005}, new double[] {10, 10});
            sim.run(300, 500);
            complete += status(sim).phase() == CanaryStatus.Phase.COMPLETE ? 1 : 0;
        }
        assertThat(complete).as("of %d", SEEDS).isGreaterThanOrEqualTo(SEEDS - 1);
    }

    @Test
    void aVersionThatIsThreeTimesAsSlowIsRolledBack() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            TrafficSim sim =
                    sim(seed, new Fleet().with(9, "1").with(1, "2"), new double[] {0, 0}, new double[] {10, 30});
            sim.run(60, 500);
            assertThat(status(sim).phase()).as("seed %d", seed).isEqualTo(CanaryStatus.Phase.ROLLED_BACK);
            assertThat(status(sim).why()).contains("slow");
        }
    }

    @Test
    void whenBothFailTheSameTheNewOneIsNotBlamed() {
        int blamed = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            TrafficSim sim =
                    sim(seed, new Fleet().with(9, "1").with(1, "2"), new double[] {0.3, 0.3}, new double[] {10, 10});
            sim.run(120, 500);
            blamed += status(sim).phase() == CanaryStatus.Phase.ROLLED_BACK ? 1 : 0;
        }
        assertThat(blamed).as("of %d", SEEDS).isLessThanOrEqualTo(1);
    }

    @Test
    void eachStepIsExplained() {
        TrafficSim sim = sim(3, fleet, new double[] {0, 0}, new double[] {10, 10});
        sim.run(200, 500);
        assertThat(fleet.decisions("canary")).hasSize(5);
        assertThat(fleet.decisions("canary").get(0)).contains("from 1% to 5%", "failed 0 of");
        assertThat(fleet.decisions("canary").get(4)).contains("passed its last step");
    }

    @Test
    void theGuardRollsBackWhateverTheCountsSay() {
        TrafficSim sim = sim(3, fleet, new double[] {0, 0}, new double[] {10, 10});
        sim.run(12, 500);
        sim.policies.guard(Fleet.SERVICE, now -> Guard.Verdict.notOk("the budget burns 14 times too fast"));
        sim.run(1, 500);
        assertThat(status(sim).phase()).isEqualTo(CanaryStatus.Phase.ROLLED_BACK);
        assertThat(status(sim).why()).contains("14 times");
    }

    @Test
    void progressIsKeptWhileTheCanaryIsTheSame() {
        TrafficSim sim = sim(3, fleet, new double[] {0, 0.5}, new double[] {10, 10});
        sim.run(60, 500);
        TrafficPolicy same = sim.policies.policy(Fleet.SERVICE).withSubset(0);
        sim.policies.update(Fleet.SERVICE, same.withRule("x", TrafficRule.of(0, Match.ALL)));
        assertThat(status(sim).phase()).isEqualTo(CanaryStatus.Phase.ROLLED_BACK);
        sim.policies.update(Fleet.SERVICE, same.withCanary(CANARY.withSteps(List.of(2, 100), Duration.ofSeconds(1))));
        assertThat(status(sim).phase()).isEqualTo(CanaryStatus.Phase.RUNNING);
    }

    @Test
    void aStepIsJudgedByItsOwnCallsOnly() {
        List<CanaryState> decided = new ArrayList<>();
        CanaryRun run = new CanaryRun(CANARY, () -> Guard.NONE, (config, before, next, why) -> decided.add(next));
        long now = 0;
        for (int i = 0; i < 400; i++) { // half a minute, all good
            now += 75_000_000L;
            run.count("2", Ended.GOOD, 1_000_000, now);
            run.count("1", Ended.GOOD, 1_000_000, now);
            if (!decided.isEmpty()) {
                break;
            }
        }
        assertThat(decided).singleElement().isInstanceOf(CanaryState.Running.class);
        for (int i = 0; i < 40; i++) {
            run.count("1", Ended.GOOD, 1_000_000, now);
        }
        for (int i = 0; i < CanaryPlan.MIN_BAD; i++) {
            run.count("2", Ended.FAILED, 1_000_000, now);
        }
        run.count("1", Ended.GOOD, 1_000_000, now + 200_000_000L);
        assertThat(decided).hasSize(2);
        assertThat(decided.get(1)).isInstanceOf(CanaryState.RolledBack.class);
        assertThat(run.status().why()).startsWith("failed 5 of 5");
    }

    @Test
    void whatCannotBeShownInTimeRollsBack() {
        CanaryPlan plan = new CanaryPlan(CANARY);
        CanaryState.Running first = plan.begin(0);
        long late = CANARY.patience().toNanos() + 1;
        assertThat(plan.decide(first, Counts.NONE, Counts.NONE, Guard.Verdict.OK, late - 1)
                        .next())
                .isSameAs(first);
        assertThat(plan.decide(first, Counts.NONE, Counts.NONE, Guard.Verdict.OK, late)
                        .next())
                .isInstanceOf(CanaryState.RolledBack.class);
    }

    @Test
    void aCanaryWaitsForItsVersionAndItsPatienceBeginsWithTheFirstCall() {
        List<CanaryState> decided = new ArrayList<>();
        CanaryRun run = new CanaryRun(CANARY, () -> Guard.NONE, (config, before, next, why) -> decided.add(next));
        long minute = Duration.ofMinutes(1).toNanos();
        for (int i = 0; i < 100; i++) {
            run.count("1", Ended.GOOD, 1_000_000, i * minute);
        }
        assertThat(decided).isEmpty();
        assertThat(run.status().phase()).isEqualTo(CanaryStatus.Phase.RUNNING);

        run.count("2", Ended.GOOD, 1_000_000, 100 * minute);
        run.count("1", Ended.GOOD, 1_000_000, 130 * minute);
        assertThat(decided).isEmpty();
        run.count("1", Ended.GOOD, 1_000_000, 131 * minute);
        assertThat(decided).singleElement().isInstanceOf(CanaryState.RolledBack.class);
        assertThat(run.status().why()).contains("within the patience", "failed 0 of 1 ", "against 0 of 2 ");
    }

    @Test
    void aCanaryThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> CanaryConfig.of("1", "1")).hasMessageContaining("must differ");
        assertThatThrownBy(() -> CANARY.withSteps(List.of(5, 5), Duration.ZERO)).hasMessageContaining("ascending");
        assertThatThrownBy(() -> CANARY.withSteps(List.of(100), Duration.ZERO))
                .hasMessageContaining("put a smaller step before 100");
    }

    @Test
    void bucketsAreAQuarterWideAtMost() {
        for (long nanos = 1; nanos < 3_600_000_000_000L; nanos += 1 + nanos / 7) {
            int bucket = LatencyBuckets.of(nanos);
            assertThat(LatencyBuckets.endNanos(bucket)).isGreaterThan(nanos);
            assertThat(LatencyBuckets.of(LatencyBuckets.endNanos(bucket))).isEqualTo(bucket + 1);
            assertThat(nanos < 4096 || LatencyBuckets.endNanos(bucket) <= nanos * 1.25 + 1)
                    .as("%d ns", nanos)
                    .isTrue();
        }
    }
}
