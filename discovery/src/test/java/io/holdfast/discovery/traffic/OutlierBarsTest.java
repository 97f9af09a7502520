package io.holdfast.discovery.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.discovery.balance.BalancePolicy;
import io.holdfast.discovery.traffic.TrafficSim.Answer;
import io.holdfast.discovery.traffic.TrafficSim.Call;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bars of issue 4 in virtual time, with every balancer: also with those that are blind to latency. */
class OutlierBarsTest {
    private static final int SEEDS = 6;
    private static final long SECOND = 1_000_000_000L;
    private static final String SICK = "n3";

    private static boolean sick(ServiceInstance instance) {
        return instance.node().value().equals(SICK);
    }

    @ParameterizedTest
    @EnumSource(BalancePolicy.class)
    void withOneOfTenTenTimesAsSlowTheP99IsThatOfTheOthersWithinFiveSeconds(BalancePolicy balance) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            long[] slowFrom = {Long.MAX_VALUE};
            TrafficSim[] sim = new TrafficSim[1];
            sim[0] = new TrafficSim(
                    seed,
                    new Fleet().with(10, "1"),
                    balance,
                    TrafficPolicy.DEFAULT,
                    (to, now) -> new Answer(sim[0].latency(sick(to) && now >= slowFrom[0] ? 100 : 10), true));
            sim[0].run(10, 500);
            slowFrom[0] = sim[0].now();
            sim[0].run(14, 500);
            List<Call> after = sim[0].between(slowFrom[0] + 5 * SECOND, slowFrom[0] + 13 * SECOND);
            double healthy = TrafficSim.p99Millis(
                    after.stream().filter(call -> !sick(call.instance())).toList());
            assertThat(TrafficSim.p99Millis(after))
                    .as("%s, seed %d", balance, seed)
                    .isLessThan(1.5 * healthy);
        }
    }

    @ParameterizedTest
    @EnumSource(BalancePolicy.class)
    void anInstanceThatFailsFastHasLittleTrafficAfterTwoSeconds(BalancePolicy balance) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            long[] badFrom = {Long.MAX_VALUE};
            TrafficSim[] sim = new TrafficSim[1];
            sim[0] = new TrafficSim(
                    seed,
                    new Fleet().with(10, "1"),
                    balance,
                    TrafficPolicy.DEFAULT,
                    (to, now) -> sick(to) && now >= badFrom[0]
                            ? new Answer(100_000, false)
                            : new Answer(sim[0].latency(10), true));
            sim[0].run(5, 300);
            badFrom[0] = sim[0].now();
            sim[0].run(62, 300);
            List<Call> after = sim[0].between(badFrom[0] + 2 * SECOND, badFrom[0] + 62 * SECOND);
            assertThat(TrafficSim.share(after, call -> sick(call.instance())))
                    .as("%s, seed %d", balance, seed)
                    .isLessThan(0.02);
        }
    }

    @ParameterizedTest
    @EnumSource(BalancePolicy.class)
    void aHealthyFleetLosesNobody(BalancePolicy balance) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Fleet fleet = new Fleet().with(10, "1");
            TrafficSim[] sim = new TrafficSim[1];
            sim[0] = new TrafficSim(
                    seed,
                    fleet,
                    balance,
                    TrafficPolicy.DEFAULT,
                    (to, now) -> new Answer(sim[0].latency(10), sim[0].random().nextDouble() >= 0.01));
            sim[0].run(120, 300);
            assertThat(fleet.decisions("outlier"))
                    .as("%s, seed %d", balance, seed)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(BalancePolicy.class)
    void anInstanceThatRecoversIsBackWithItsFullShare(BalancePolicy balance) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            long[] well = {Long.MAX_VALUE};
            Fleet fleet = new Fleet().with(10, "1");
            TrafficSim[] sim = new TrafficSim[1];
            sim[0] = new TrafficSim(
                    seed,
                    fleet,
                    balance,
                    TrafficPolicy.DEFAULT,
                    (to, now) -> new Answer(sim[0].latency(10), !sick(to) || now >= well[0]));
            sim[0].run(20, 300);
            well[0] = sim[0].now();
            sim[0].run(100, 300);
            List<Call> end = sim[0].between(well[0] + 70 * SECOND, Long.MAX_VALUE);
            assertThat(TrafficSim.share(end, call -> sick(call.instance())))
                    .as("%s, seed %d", balance, seed)
                    .isBetween(0.07, 0.13);
            List<String> decisions = fleet.decisions("outlier");
            boolean wasOut = decisions.stream().anyMatch(text -> text.contains(SICK + " is out"));
            assertThat(decisions.stream().anyMatch(text -> text.contains(SICK + " is back")))
                    .as("%s, seed %d: %s", balance, seed, decisions)
                    .isEqualTo(wasOut); // the best balancer avoids it before anybody needs to
        }
    }
}
