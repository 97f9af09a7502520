package io.holdfast.benchmarks.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holdfast.core.env.Environment;
import io.holdfast.replication.cache.CacheOrigin;
import io.holdfast.replication.cache.ChangeFeed;
import io.holdfast.replication.cache.ChangeListener;
import io.holdfast.replication.cache.Loaded;
import io.holdfast.replication.cache.NearCache;
import io.holdfast.replication.cache.NearCacheOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A read that finds its entry, in a near cache that its origin vouches for and in bare Caffeine of the same size: 16,384 keys, read by a skewed distribution as in Caffeine's own GetPutBenchmark. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 6, time = 1)
@Fork(2)
public class NearCacheBenchmark {
    private static final int KEYS = 1 << 14;
    private static final int MASK = (1 << 16) - 1;

    private final Environment environment = Environment.system();
    private final Integer[] asked = new Integer[MASK + 1];
    private final Cache<Integer, Integer> bare =
            Caffeine.newBuilder().maximumSize(2 * KEYS).build();
    private final Cache<Integer, Integer> expiring = Caffeine.newBuilder()
            .maximumSize(2 * KEYS)
            .expireAfterWrite(Duration.ofMinutes(10))
            .build();
    private final Cache<Integer, Integer> deferring = Caffeine.newBuilder()
            .maximumSize(2 * KEYS)
            .executor(task -> environment.scheduler().schedule(Duration.ofMillis(1), task))
            .build();
    private final NearCache<Integer, Integer> near = NearCache.of(
                    "bench",
                    new Squares(),
                    NearCacheOptions.bounded(Duration.ofSeconds(1)).withMaxWeight(2 * KEYS))
            .start(environment, new SimpleMeterRegistry());

    /** Where a thread stands in the sequence. */
    @State(Scope.Thread)
    public static class Place {
        private int index = (int) Thread.currentThread().getId() * 7_919;
    }

    /** Fills the caches. */
    public NearCacheBenchmark() {
        Integer[] keys = new Integer[KEYS];
        for (int i = 0; i < KEYS; i++) {
            keys[i] = i;
            bare.put(keys[i], i);
            expiring.put(keys[i], i);
            deferring.put(keys[i], i);
            near.get(keys[i]);
        }
        SplittableRandom random = new SplittableRandom(42);
        for (int i = 0; i < asked.length; i++) { // the key of rank r about as often as 1/r, the ranks scattered
            int rank = (int) Math.pow(KEYS, random.nextDouble());
            asked[i] = keys[(rank * 7_919) & (KEYS - 1)];
        }
    }

    /** Stops the timers. */
    @TearDown
    public void close() {
        near.close();
        environment.close();
    }

    /**
     * Caffeine with a bound on its size and nothing else.
     *
     * @param place where the thread stands
     * @return the value
     */
    @Benchmark
    public @Nullable Integer bareCaffeine(Place place) {
        return bare.getIfPresent(asked[place.index++ & MASK]);
    }

    /**
     * Caffeine that forgets after ten minutes, for which it reads a clock.
     *
     * @param place where the thread stands
     * @return the value
     */
    @Benchmark
    public @Nullable Integer expiringCaffeine(Place place) {
        return expiring.getIfPresent(asked[place.index++ & MASK]);
    }

    /**
     * Bare Caffeine that does its upkeep once a millisecond, as the near cache does, and not in the common pool as fast as it can: the hardest to compare with.
     *
     * @param place where the thread stands
     * @return the value
     */
    @Benchmark
    public @Nullable Integer deferringCaffeine(Place place) {
        return deferring.getIfPresent(asked[place.index++ & MASK]);
    }

    /**
     * A near cache: its bound is kept and its hits are counted.
     *
     * @param place where the thread stands
     * @return the value
     */
    @Benchmark
    public Optional<Integer> nearCache(Place place) {
        return near.get(asked[place.index++ & MASK]);
    }

    /** An origin in this process whose feed has nothing to tell. */
    private static final class Squares implements CacheOrigin<Integer, Integer> {
        @Override
        public CompletionStage<Loaded<Integer>> load(Integer key) {
            return CompletableFuture.completedFuture(Loaded.of(key * key, 1));
        }

        @Override
        public CompletionStage<Long> put(Integer key, Integer value) {
            return CompletableFuture.completedFuture(1L);
        }

        @Override
        public CompletionStage<Long> remove(Integer key) {
            return CompletableFuture.completedFuture(1L);
        }

        @Override
        public ChangeFeed follow(ChangeListener<Integer> listener) {
            listener.gap();
            return new ChangeFeed() {
                @Override
                public CompletionStage<Void> settle() {
                    return CompletableFuture.completedFuture(null);
                }

                @Override
                public void close() {}
            };
        }
    }
}
