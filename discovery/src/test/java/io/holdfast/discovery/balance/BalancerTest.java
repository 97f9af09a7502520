package io.holdfast.discovery.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.discovery.outlier.OutlierConfig;
import io.holdfast.discovery.outlier.OutlierTable;
import io.holdfast.discovery.outlier.SlowStartConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancerTest {
    private static final long NOW = 1_000_000_000_000L;

    private static ServiceInstance instance(int number, String zone, int weight, boolean ready) {
        return new ServiceInstance(
                ServiceName.of("catalog"),
                NodeId.of("n" + number),
                Address.of("127.0.0.1", 1000 + number),
                "",
                zone,
                Map.of(),
                weight,
                ready,
                List.of());
    }

    private static Candidates candidates(List<Integer> weights) {
        List<ServiceInstance> instances = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            instances.add(instance(i, "", weights.get(i), true));
        }
        return fresh(instances);
    }

    private static Candidates fresh(List<ServiceInstance> instances) {
        return in(new LoadTable(NodeId.of("caller")), table(), instances);
    }

    private static OutlierTable table() {
        return new OutlierTable(OutlierConfig.DEFAULT, SlowStartConfig.DEFAULT, event -> {});
    }

    private static Candidates in(LoadTable loads, OutlierTable outliers, List<ServiceInstance> instances) {
        return loads.candidates(instances, outliers.roster(instances, NOW), 0, NOW);
    }

    private static Candidates equals(int count) {
        return candidates(Collections.nCopies(count, 100));
    }

    private static Candidate choose(Balancer balancer, Candidates candidates) {
        return Objects.requireNonNull(balancer.choose(candidates, NOW));
    }

    private static void outstanding(Candidate candidate, int calls) {
        for (int i = 0; i < calls; i++) {
            candidate.load().begin();
        }
    }

    @ParameterizedTest
    @EnumSource(BalancePolicy.class)
    void nobodyIsChosenFromNone(BalancePolicy policy) {
        assertThat(policy.create(1).choose(equals(0), NOW)).isNull();
        assertThat(policy.create(1, "a").choose(equals(0), NOW)).isNull();
    }

    @ParameterizedTest
    @EnumSource(BalancePolicy.class)
    void everyoneHasAChance(BalancePolicy policy) {
        Candidates candidates = equals(7);
        Balancer balancer = policy.create(42);
        Map<Candidate, Integer> counts = new HashMap<>();
        for (int i = 0; i < 7000; i++) {
            counts.merge(choose(balancer, candidates), 1, Integer::sum);
        }
        assertThat(counts).hasSize(7);
        assertThat(counts.values()).allMatch(count -> count > 700 && count < 1300);
    }

    @Test
    void instancesThatAreNotReadyOrHaveNoWeightAreNoCandidates() {
        Candidates candidates =
                fresh(List.of(instance(0, "", 100, false), instance(1, "", 0, true), instance(2, "", 1, true)));
        assertThat(candidates.size()).isEqualTo(1);
        assertThat(candidates.at(0).instance().node()).isEqualTo(NodeId.of("n2"));
    }

    @Test
    void loadsStayWithTheirNodeAndGoWithIt() {
        LoadTable loads = new LoadTable(NodeId.of("caller"));
        OutlierTable outliers = table();
        List<ServiceInstance> first = List.of(instance(0, "", 100, true), instance(1, "", 100, true));
        Candidates before = in(loads, outliers, first);
        outstanding(before.at(1), 3);
        assertThat(in(loads, outliers, first)).isSameAs(before);
        assertThat(in(loads, outliers, List.of(instance(1, "", 50, true)))
                        .at(0)
                        .load()
                        .outstanding())
                .isEqualTo(3);
        in(loads, outliers, List.of());
        assertThat(in(loads, outliers, List.of(instance(1, "", 50, true)))
                        .at(0)
                        .load()
                        .outstanding())
                .isZero();
    }

    @Property(tries = 100)
    void roundRobinIsTheRemainderOfACounter(@ForAll @IntRange(min = 1, max = 50) int size) {
        Candidates candidates = equals(size);
        Balancer balancer = BalancePolicy.ROUND_ROBIN.create(0);
        for (int i = 0; i < 3 * size; i++) {
            assertThat(choose(balancer, candidates)).isSameAs(candidates.at(i % size));
        }
    }

    @Property(tries = 200)
    void weightedFindsTheSameAsAWalkOverAllWeights(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 1000) Integer> weights) {
        Candidates candidates = candidates(weights);
        for (int point = 0; point < candidates.totalWeight(); point += 1 + candidates.totalWeight() / 97) {
            int walked = 0;
            int rest = point;
            while (rest >= weights.get(walked)) {
                rest -= weights.get(walked++);
            }
            assertThat(candidates.indexAtWeight(point)).isEqualTo(walked);
        }
    }

    @Test
    void weightedSplitsByWeight() {
        Candidates candidates = candidates(List.of(900, 100));
        Balancer balancer = BalancePolicy.WEIGHTED.create(7);
        int heavy = 0;
        for (int i = 0; i < 10_000; i++) {
            heavy += choose(balancer, candidates) == candidates.at(0) ? 1 : 0;
        }
        assertThat(heavy).isBetween(8800, 9200);
    }

    @Property(tries = 200)
    void leastOutstandingIsTheMinimumOfAll(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 0, max = 9) Integer> calls) {
        Candidates candidates = equals(calls.size());
        for (int i = 0; i < calls.size(); i++) {
            outstanding(candidates.at(i), calls.get(i));
        }
        int least = calls.stream().mapToInt(Integer::intValue).min().orElseThrow();
        Balancer balancer = BalancePolicy.LEAST_OUTSTANDING.create(0);
        for (int i = 0; i < 2 * calls.size(); i++) {
            assertThat(choose(balancer, candidates).load().outstanding()).isEqualTo(least);
        }
    }

    @Property(tries = 200)
    void twoChoicesNeverTakeTheWorst(
            @ForAll long seed, @ForAll @Size(min = 2, max = 20) List<@IntRange(min = 1, max = 500) Integer> millis) {
        Candidates candidates = equals(millis.size());
        for (int i = 0; i < millis.size(); i++) {
            candidates.at(i).load().begin();
            candidates.at(i).load().end(NOW, millis.get(i) * 1_000_000L, false);
        }
        double worst = millis.stream().mapToInt(Integer::intValue).max().orElseThrow() * 1e6;
        boolean unique = millis.stream().filter(m -> m * 1e6 == worst).count() == 1;
        Balancer balancer = BalancePolicy.P2C_PEAK_EWMA.create(seed);
        for (int i = 0; unique && i < 50; i++) {
            assertThat(choose(balancer, candidates).load().averageNanos(NOW)).isLessThan(worst);
        }
    }

    @Property(tries = 100)
    void theAverageIsThatOfAPlainFormula(
            @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 2000) Integer> millis) {
        Load load = new Load();
        double expected = 0;
        long now = NOW;
        for (int latency : millis) {
            now += 700_000_000L;
            load.begin();
            load.end(now, latency * 1_000_000L, false);
            double kept = Math.exp(-0.07);
            double observed = latency * 1e6;
            expected = observed > expected ? observed : expected * kept + observed * (1 - kept);
            assertThat(load.averageNanos(now)).isCloseTo(expected, Percentage.withPercentage(1));
        }
    }

    @Test
    void anInstanceThatFailsFastGetsLittleTraffic() {
        Candidates candidates = equals(3);
        Balancer balancer = BalancePolicy.P2C_PEAK_EWMA.create(3);
        int broken = 0;
        long now = NOW;
        for (int i = 0; i < 3000; i++) {
            now += 10_000_000L;
            Candidate chosen = Objects.requireNonNull(balancer.choose(candidates, now));
            boolean fails = chosen == candidates.at(0);
            chosen.load().begin();
            chosen.load().end(now, fails ? 100_000L : 20_000_000L, fails);
            broken += fails ? 1 : 0;
        }
        assertThat(broken).isLessThan(60);
    }

    @Test
    void nearInstancesAreTakenUntilTheyAreMuchBusier() {
        List<ServiceInstance> instances =
                List.of(instance(0, "a", 100, true), instance(1, "a", 100, true), instance(2, "b", 100, true));
        Candidates candidates = fresh(instances);
        Balancer balancer = BalancePolicy.LEAST_OUTSTANDING.create(9, "a");
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100; i++) {
            assertThat(choose(balancer, candidates).instance().zone()).isEqualTo("a");
        }
        outstanding(candidates.at(0), 4 + random.nextInt(3));
        outstanding(candidates.at(1), 4);
        assertThat(choose(balancer, candidates).instance().zone()).isEqualTo("b");
        assertThat(choose(BalancePolicy.RANDOM.create(9, "c"), candidates)).isNotNull();
    }
}
