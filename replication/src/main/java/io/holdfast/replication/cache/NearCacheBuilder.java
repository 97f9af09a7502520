package io.holdfast.replication.cache;

import io.holdfast.core.Check;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.replication.cache.caffeine.Shelf;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Describes a {@link NearCache} before it starts. For use by one thread.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class NearCacheBuilder<K, V> {
    private static final Logger LOG = LoggerFactory.getLogger(NearCache.class);

    /** All reads of this time share one round of upkeep. */
    private static final Duration UPKEEP = Duration.ofMillis(1);

    private final String name;
    private final CacheOrigin<K, V> origin;
    private final NearCacheOptions options;
    private CacheWeigher<K, V> weigher = (key, value) -> 1;
    private Consumer<Unwritten<K, V>> unwritten = write -> {};

    NearCacheBuilder(String name, CacheOrigin<K, V> origin, NearCacheOptions options) {
        Check.between("characters of the name of a near cache", name.length(), 1, 255);
        this.name = name;
        this.origin = origin;
        this.options = options;
    }

    /**
     * Weighs values, so that {@link NearCacheOptions#maxWeight} is in the weigher's unit.
     *
     * @param value the weigher
     * @return this
     */
    public NearCacheBuilder<K, V> weigher(CacheWeigher<K, V> value) {
        weigher = value;
        return this;
    }

    /**
     * Hears of each write that was accepted by write-behind and given up. It is logged as well, without key and value.
     *
     * @param listener must not block
     * @return this
     */
    public NearCacheBuilder<K, V> onUnwritten(Consumer<Unwritten<K, V>> listener) {
        unwritten = listener;
        return this;
    }

    /**
     * Starts the cache, empty.
     *
     * @param environment clocks and timers
     * @param registry where its meters go, see {@link CacheMetric}
     * @return the cache; close it
     */
    public NearCache<K, V> start(Environment environment, MeterRegistry registry) {
        CacheMeters meters = new CacheMeters(registry, name);
        OriginCalls<K, V> calls = new OriginCalls<>(name, origin, options, environment);
        Pins<K> pins = new Pins<>();
        MonotonicClock clock = environment.clock();
        WriteQueue<K, V> queue = options.writeBehind()
                .map(behind -> new WriteQueue<K, V>(behind, environment.random().split("near-cache-" + name)))
                .orElse(null);
        Contents<K, V> contents = new Contents<>(
                options,
                clock,
                new Shelf<>(
                        options.maxWeight(),
                        weight(),
                        task -> environment.scheduler().schedule(UPKEEP, task)),
                pins,
                queue == null ? key -> false : key -> queue.last(key) != null);
        Loads<K, V> loads = new Loads<>(name, options, environment, calls, contents, pins, meters);
        Writes<K, V> writes = queue == null
                ? new WriteThrough<>(calls, contents, pins, clock, meters)
                : new WriteBehind<>(
                        name,
                        options.writeBehind().orElseThrow(),
                        queue,
                        calls,
                        contents,
                        pins,
                        environment,
                        meters,
                        this::tell);
        Vouching<K, V> vouching = new Vouching<>(contents, environment, options, meters);
        gauges(meters, contents, clock, queue);
        vouching.follow(origin);
        Duration closeLimit =
                options.writeBehind().map(WriteBehindOptions::closeLimit).orElse(Duration.ZERO);
        return new NearCache<>(name, clock, contents, loads, writes, vouching, meters, closeLimit);
    }

    private ToIntBiFunction<K, Entry<V>> weight() {
        CacheWeigher<K, V> chosen = weigher;
        AtomicBoolean complained = new AtomicBoolean();
        return (key, entry) -> {
            V value = entry.answer.orElse(null);
            return value == null ? 1 : weighed(chosen, key, value, complained);
        };
    }

    /** What cannot be weighed counts 1: its read or write has been done, and must not fail by that. Said once, for it would be said for each value. */
    private int weighed(CacheWeigher<K, V> chosen, K key, V value, AtomicBoolean complained) {
        String problem;
        try {
            int weight = chosen.weigh(key, value);
            if (weight >= 0) {
                return weight;
            }
            problem = "it answered " + weight + ", less than zero; let it stop at Integer.MAX_VALUE";
        } catch (RuntimeException e) {
            problem = "it threw " + e;
        }
        if (complained.compareAndSet(false, true)) {
            LOG.warn(
                    "the weigher of near cache {} failed, and the value counts 1, as do further ones: {}",
                    name,
                    problem);
        }
        return 1;
    }

    private void gauges(
            CacheMeters meters, Contents<K, V> contents, MonotonicClock clock, @Nullable WriteQueue<K, V> queue) {
        meters.gauge(CacheMetric.ENTRIES, contents::size);
        meters.gauge(
                CacheMetric.VOUCHED_AGE,
                () -> (clock.nanoTime() - contents.coverage().asOfNanos()) / 1e9);
        if (queue != null) {
            meters.gauge(CacheMetric.QUEUED, queue::size);
        }
    }

    private void tell(Unwritten<K, V> write) {
        LOG.warn(
                "near cache {} gave up a write that it had accepted{}",
                name,
                write.mayBeWritten() ? ", which may have been done" : "",
                write.cause().orElse(null));
        try {
            unwritten.accept(write);
        } catch (RuntimeException e) {
            LOG.warn("the listener of near cache {} failed; the write is in the log only", name, e);
        }
    }
}
