package io.holdfast.sharding.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class HotSpotsTest {
    private static final int SHARDS = 32;
    private static final int KEYS = 16;
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final AtomicLong now = new AtomicLong(-5);
    private final HotSpots spots = new HotSpots(SHARDS, WINDOW, KEYS, now::get);

    private record Call(long at, String key) {}

    private static int shardOf(String key) {
        return Math.floorMod(key.hashCode(), 4) * 8; // two stripes, so that they overflow
    }

    private void advance(Duration by) {
        now.addAndGet(by.toNanos());
    }

    /** Against a list of all calls: calls come in bursts and pauses, keys by a power law whose peak moves. */
    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void noRateIsTooLowOrTooHighByMoreThanItsErrorAndNoFrequentKeyIsMissing(@ForAll long seed) {
        Random random = new Random(seed);
        Deque<Call> all = new ArrayDeque<>();
        long start = now.get();
        HotSpots fresh = new HotSpots(SHARDS, WINDOW, KEYS, now::get); // all tries share the fields
        for (int burst = 0; burst < 12; burst++) {
            advance(Duration.ofMillis(random.nextInt(random.nextInt(4) == 0 ? 20_000 : 3_000)));
            int peak = random.nextInt(5);
            for (int i = 0; i < 300; i++) {
                String key = "k" + (peak + (int) (1 / (random.nextDouble() + 0.002)));
                all.add(new Call(now.get(), key));
                fresh.record(shardOf(key), key);
            }
            check(fresh, all, start);
        }
    }

    private void check(HotSpots fresh, Deque<Call> all, long start) {
        long half = WINDOW.toNanos() / 2;
        long from = start + Math.max(0, (now.get() - start) / half - 1) * half;
        double seconds = Math.max(1, (now.get() - from) / 1e9);
        List<Call> recent = all.stream().filter(call -> call.at >= from).toList();
        Map<String, Long> truth = recent.stream().collect(Collectors.groupingBy(Call::key, Collectors.counting()));
        Map<Integer, Long> shards =
                recent.stream().collect(Collectors.groupingBy(call -> shardOf(call.key), Collectors.counting()));
        HotReport report = fresh.report(Integer.MAX_VALUE);
        Map<String, HotReport.HotKey> found = new HashMap<>();
        report.keys().forEach(key -> found.put(key.key(), key));
        assertThat(found.size()).as("keys kept").isLessThanOrEqualTo(2 * 2 * KEYS);
        found.forEach((key, hot) -> {
            double rate = truth.getOrDefault(key, 0L) / seconds;
            assertThat(rate).isBetween(hot.perSecond() - hot.error() - 1e-6, hot.perSecond() + 1e-6);
            assertThat(hot.shard()).isEqualTo(shardOf(key));
        });
        Map<Integer, Long> stripes =
                recent.stream().collect(Collectors.groupingBy(call -> shardOf(call.key) % 16, Collectors.counting()));
        truth.forEach((key, count) -> {
            double bound = (double) stripes.get(shardOf(key) % 16) / KEYS;
            if (count > bound) {
                assertThat(found).containsKey(key);
            }
        });
        found.values()
                .forEach(hot -> assertThat(hot.error())
                        .isLessThanOrEqualTo(
                                stripes.getOrDefault(hot.shard() % 16, 0L) / (double) KEYS / seconds + 1e-6));
        assertThat(report.shards())
                .hasSize(shards.size())
                .allSatisfy(shard ->
                        assertThat(shard.perSecond()).isCloseTo(shards.get(shard.shard()) / seconds, within(1e-6)));
    }

    @Test
    void whatWasHotAWindowAgoIsForgotten() {
        IntStream.range(0, 100).forEach(i -> spots.record(3, "old"));
        advance(WINDOW.dividedBy(2));
        IntStream.range(0, 50).forEach(i -> spots.record(4, "new"));
        assertThat(spots.report(2).keys()).extracting(HotReport.HotKey::key).containsExactly("old", "new");
        assertThat(spots.report(1).shards()).containsExactly(new HotReport.HotShard(3, 20));
        advance(WINDOW.dividedBy(2));
        assertThat(spots.report(2).keys()).containsExactly(new HotReport.HotKey("new", 4, 10, 0));
        advance(WINDOW);
        assertThat(spots.report(2)).isEqualTo(new HotReport(List.of(), List.of()));
    }

    @Test
    void theFirstCallIsNoStorm() {
        spots.record(0, "a");
        assertThat(spots.report(1).keys()).containsExactly(new HotReport.HotKey("a", 0, 1, 0));
    }

    @Test
    void noCallOfManyThreadsIsLost() throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(thread -> new Thread(() -> {
                    try {
                        together.await();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    IntStream.range(0, 200_000).forEach(i -> spots.record(3, "k"));
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(spots.report(1))
                .isEqualTo(new HotReport(
                        List.of(new HotReport.HotKey("k", 3, 800_000, 0)),
                        List.of(new HotReport.HotShard(3, 800_000))));
    }

    @Test
    void aWindowThatIsTooShortIsRefused() {
        assertThatThrownBy(() -> new HotSpots(SHARDS, Duration.ofSeconds(1), KEYS, now::get))
                .hasMessage("window (1s) must be 2s or longer; take a minute");
        assertThatThrownBy(() -> new HotSpots(SHARDS, WINDOW, 7, now::get))
                .hasMessage("keys (7) must be between 8 and 1024");
    }
}
