package io.holdfast.consensus.ratis;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;

/** Ratis' own metrics. Made by Ratis through {@link java.util.ServiceLoader}; of no use to anybody else. */
public final class RatisMetrics extends MetricRegistries {
    /** Ratis has one of us for the whole process; replicas tell theirs by the name that Ratis gives them, and take it back when they close. */
    private static final Map<String, ReplicaMeters> METERS = new ConcurrentHashMap<>();

    private final Map<MetricRegistryInfo, RatisMetricRegistry> registries = new ConcurrentHashMap<>();

    /** Called by Ratis. */
    public RatisMetrics() {}

    static void show(String member, ReplicaMeters meters) {
        METERS.put(member, meters);
    }

    static void hide(String member, ReplicaMeters meters) {
        METERS.remove(member, meters);
    }

    @Override
    public void clear() {
        registries.clear();
    }

    @Override
    public RatisMetricRegistry create(MetricRegistryInfo info) {
        return registries.computeIfAbsent(info, key -> new Shown(key, METERS.get(key.getPrefix())));
    }

    @Override
    public boolean remove(MetricRegistryInfo key) {
        return registries.remove(key) != null;
    }

    @Override
    public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
        return Optional.ofNullable(registries.get(info));
    }

    @Override
    public Set<MetricRegistryInfo> getMetricRegistryInfos() {
        return Set.copyOf(registries.keySet());
    }

    @Override
    public Collection<RatisMetricRegistry> getMetricRegistries() {
        return List.copyOf(registries.values());
    }

    @Override
    public void addReporterRegistration(Consumer<RatisMetricRegistry> start, Consumer<RatisMetricRegistry> stop) {
        // nobody reports but Micrometer
    }

    @Override
    public void enableJmxReporter() {
        // nobody reports but Micrometer
    }

    @Override
    public void enableConsoleReporter(TimeDuration rate) {
        // nobody reports but Micrometer
    }

    /** Shows what somebody looks at; the rest costs nothing. */
    private record Shown(MetricRegistryInfo info, @Nullable ReplicaMeters meters) implements RatisMetricRegistry {
        private static final Timekeeper.Context NOTHING = () -> 0;

        @Override
        public Timekeeper timer(String name) {
            return meters != null && name.equals("syncTime") ? meters::startSync : () -> NOTHING;
        }

        @Override
        public LongCounter counter(String name) {
            return new Count(meters != null && name.equals("electionCount") ? meters::election : () -> {});
        }

        @Override
        public boolean remove(String name) {
            return false;
        }

        @Override
        public <T> void gauge(String name, Supplier<Supplier<T>> value) {
            // the replica's status has them
        }

        @Override
        public MetricRegistryInfo getMetricRegistryInfo() {
            return info;
        }
    }

    private static final class Count implements LongCounter {
        private final AtomicLong value = new AtomicLong();
        private final Runnable onIncrement;

        Count(Runnable onIncrement) {
            this.onIncrement = onIncrement;
        }

        @Override
        public void inc(long n) {
            value.addAndGet(n);
            onIncrement.run();
        }

        @Override
        public void dec(long n) {
            value.addAndGet(-n);
        }

        @Override
        public long getCount() {
            return value.get();
        }
    }
}
