package io.holdfast.discovery.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.discovery.outlier.OutlierConfig;
import io.holdfast.discovery.outlier.OutlierTable;
import io.holdfast.discovery.outlier.SlowStartConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Rendezvous hashing with bounded load, subsets, slow start. */
class KeyedTest {
    private static final long NOW = 1_000_000_000_000L;

    private static ServiceInstance instance(int number, int weight) {
        return instance(number, weight, "");
    }

    private static ServiceInstance instance(int number, int weight, String zone) {
        return new ServiceInstance(
                ServiceName.of("catalog"),
                NodeId.of("n" + number),
                Address.of("127.0.0.1", 1000 + number),
                "",
                zone,
                Map.of(),
                weight,
                true,
                List.of());
    }

    private static List<ServiceInstance> instances(int count) {
        List<ServiceInstance> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(instance(i, 100));
        }
        return all;
    }

    private static Candidates candidates(List<ServiceInstance> instances) {
        OutlierTable table = new OutlierTable(OutlierConfig.DEFAULT, SlowStartConfig.DEFAULT, event -> {});
        return new LoadTable(NodeId.of("caller")).candidates(instances, table.roster(instances, NOW), 0, NOW);
    }

    private static NodeId home(Candidates candidates, long key) {
        return Objects.requireNonNull(Rendezvous.choose(candidates, key, 1.25))
                .instance()
                .node();
    }

    @Property(tries = 50)
    void onlyTheKeysOfAnInstanceThatGoesMove(@ForAll long seed, @ForAll @IntRange(min = 2, max = 30) int size) {
        SplittableRandom random = new SplittableRandom(seed);
        List<ServiceInstance> all = instances(size);
        List<ServiceInstance> fewer = new ArrayList<>(all);
        NodeId gone = fewer.remove(random.nextInt(size)).node();
        Candidates before = candidates(all);
        Candidates after = candidates(fewer);
        for (int i = 0; i < 200; i++) {
            long key = Hash64.of("user-" + random.nextInt());
            NodeId home = home(before, key);
            assertThat(home(after, key)).as("seed %d", seed).matches(now -> home.equals(gone) || now.equals(home));
        }
    }

    @Test
    void keysSpreadByWeight() {
        Candidates candidates = candidates(List.of(instance(0, 100), instance(1, 100), instance(2, 200)));
        Map<NodeId, Integer> counts = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            counts.merge(home(candidates, Hash64.of("user-" + i)), 1, Integer::sum);
        }
        assertThat(counts.get(NodeId.of("n0"))).isBetween(4700, 5300);
        assertThat(counts.get(NodeId.of("n2"))).isBetween(9600, 10_400);
    }

    @Property(tries = 50)
    void noInstanceHasMoreThanItsBoundOfTheLoad(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int size) {
        SplittableRandom random = new SplittableRandom(seed);
        Candidates candidates = candidates(instances(size));
        for (int calls = 1; calls <= 300; calls++) {
            long key = Hash64.of("user-" + random.nextInt(3)); // three keys have all the calls
            Candidate chosen = Objects.requireNonNull(Rendezvous.choose(candidates, key, 1.25));
            chosen.load().begin();
            assertThat(chosen.load().outstanding())
                    .as("seed %d, %d calls", seed, calls)
                    .isLessThanOrEqualTo((int) Math.ceil(1.25 * calls / size));
        }
    }

    @Test
    void whenTheLoadsRiseBetweenTheReadsTheHighestRankedHasTheCall() {
        Candidates candidates = candidates(instances(3));
        for (int user = 0; user < 50; user++) {
            long key = Hash64.of("user-" + user);
            AtomicInteger reads = new AtomicInteger();
            Candidate chosen = Rendezvous.choose(
                    candidates, key, 1.25, each -> reads.incrementAndGet() <= 3 ? 0 : 100); // full by the second look
            assertThat(Objects.requireNonNull(chosen).instance().node()).isEqualTo(home(candidates, key));
        }
    }

    @Property(tries = 50)
    void aKeysNextInstanceIsItsHomeWhenTheFirstIsGone(
            @ForAll long seed, @ForAll @IntRange(min = 2, max = 20) int size) {
        SplittableRandom random = new SplittableRandom(seed);
        List<ServiceInstance> all = instances(size);
        Candidates candidates = candidates(all);
        long key = random.nextLong();
        List<NodeId> asked = new ArrayList<>();
        assertThat(Rendezvous.first(
                        candidates, key, each -> !asked.add(each.instance().node())))
                .isNull();
        assertThat(asked).as("seed %d", seed).doesNotHaveDuplicates().hasSize(size);
        List<ServiceInstance> left = new ArrayList<>(all);
        for (NodeId next : asked) {
            assertThat(home(candidates(left), key)).as("seed %d", seed).isEqualTo(next);
            left.removeIf(each -> each.node().equals(next));
        }
    }

    @Property(tries = 50)
    void aSubsetChangesByOneWhenOneInstanceGoes(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<ServiceInstance> all = instances(100);
        List<ServiceInstance> fewer = new ArrayList<>(all);
        fewer.remove(random.nextInt(100));
        NodeId caller = NodeId.of("caller-" + Math.abs(random.nextInt()));
        List<ServiceInstance> before = Subset.of(caller, all, 20);
        List<ServiceInstance> after = Subset.of(caller, fewer, 20);
        assertThat(before).hasSize(20);
        assertThat(after).hasSize(20);
        assertThat(after.stream().filter(before::contains).count())
                .as("seed %d", seed)
                .isGreaterThanOrEqualTo(19);
    }

    @Test
    void subsetsOfManyCallersUseAllInstances() {
        List<ServiceInstance> all = instances(100);
        Map<NodeId, Integer> callers = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            Subset.of(NodeId.of("caller-" + i), all, 20).forEach(each -> callers.merge(each.node(), 1, Integer::sum));
        }
        assertThat(callers).hasSize(100); // 60 each on average, deviation 7
        assertThat(callers.values()).allMatch(count -> count > 30 && count < 95);
    }

    /** The new instance n5 and five that were there before, with the balancer of a caller in a zone. */
    private static double coldShareWhileCallsAreHeld(BalancePolicy policy, String zone, String zoneOfTheNew) {
        List<ServiceInstance> old = instances(5);
        List<ServiceInstance> more = new ArrayList<>(old);
        more.add(instance(5, 100, zoneOfTheNew));
        OutlierTable table = new OutlierTable(OutlierConfig.DEFAULT, SlowStartConfig.DEFAULT, event -> {});
        LoadTable loads = new LoadTable(NodeId.of("caller"));
        loads.candidates(old, table.roster(old, NOW), 0, NOW);
        Candidates all = loads.candidates(more, table.roster(more, NOW), 0, NOW);
        Balancer balancer = policy.create(11, zone);
        Deque<Candidate> held = new ArrayDeque<>();
        int cold = 0;
        for (int i = 0; i < 6000; i++) {
            if (held.size() == 60) {
                held.remove().load().end(NOW, 1_000_000, false);
            }
            Candidate chosen = Objects.requireNonNull(balancer.choose(all, NOW));
            chosen.load().begin();
            held.add(chosen);
            cold += chosen.instance().node().equals(NodeId.of("n5")) ? 1 : 0;
        }
        return cold / 1000.0;
    }

    @Test
    void anIdleNewInstanceIsNotFloodedByTheLeastLoaded() {
        assertThat(coldShareWhileCallsAreHeld(BalancePolicy.LEAST_OUTSTANDING, "", ""))
                .as("of its full share")
                .isBetween(0.02, 0.3);
    }

    @Test
    void aNewInstanceAloneInItsZoneIsNotFlooded() {
        assertThat(coldShareWhileCallsAreHeld(BalancePolicy.ROUND_ROBIN, "near", "near"))
                .as("a tenth of the calls instead of all of them")
                .isBetween(0.02, 0.7);
    }

    @Test
    void aColdInstanceGetsItsShareByAndBy() {
        List<ServiceInstance> old = instances(5);
        List<ServiceInstance> more = instances(6);
        for (BalancePolicy policy : BalancePolicy.values()) {
            OutlierTable table = new OutlierTable(OutlierConfig.DEFAULT, SlowStartConfig.DEFAULT, event -> {});
            LoadTable loads = new LoadTable(NodeId.of("caller"));
            loads.candidates(old, table.roster(old, NOW), 0, NOW);
            Balancer balancer = policy.create(11, "");
            for (int second : new int[] {0, 5, 10}) {
                long now = NOW + second * 1_000_000_000L;
                Candidates all = loads.candidates(more, table.roster(more, now), 0, now);
                int cold = 0;
                for (int i = 0; i < 12_000; i++) {
                    Candidate chosen = Objects.requireNonNull(balancer.choose(all, now));
                    cold += chosen.instance().node().equals(NodeId.of("n5")) ? 1 : 0;
                }
                double share = cold / 2000.0; // of a full one
                double warmth = Math.max(0.1, second / 10.0);
                assertThat(share).as("%s after %d s", policy, second).isBetween(warmth * 0.6, warmth * 1.5 + 0.05);
            }
        }
    }
}
