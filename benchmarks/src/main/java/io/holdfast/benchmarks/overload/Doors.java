package io.holdfast.benchmarks.overload;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.VegasLimit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import com.netflix.concurrency.limits.limiter.AbstractPartitionedLimiter;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;
import io.holdfast.circuitbreaker.config.AdmissionConfig;
import io.holdfast.circuitbreaker.overload.AdaptiveLimiter;
import io.holdfast.circuitbreaker.overload.Admission;
import io.holdfast.circuitbreaker.overload.Outcome;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** All that is compared. */
final class Doors {
    private static final int BULKHEAD = 64;

    private Doors() {}

    static Map<String, Function<Environment, Door>> all() {
        Map<String, Function<Environment, Door>> doors = new LinkedHashMap<>();
        doors.put("none", environment -> criticality -> inTime -> {});
        doors.put("bulkhead " + BULKHEAD, environment -> bulkhead());
        doors.put("netflix gradient2", environment -> netflix(Gradient2Limit.newDefault(), Doors::simple));
        doors.put("netflix vegas", environment -> netflix(VegasLimit.newDefault(), Doors::simple));
        doors.put(
                "netflix gradient2 windowed, partitioned",
                environment ->
                        netflix(WindowedLimit.newBuilder().build(Gradient2Limit.newDefault()), Doors::partitioned));
        doors.put(
                "netflix vegas windowed, partitioned",
                environment -> netflix(WindowedLimit.newBuilder().build(VegasLimit.newDefault()), Doors::partitioned));
        doors.put("holdfast gradient2", environment -> limiter(environment, AdaptiveLimitConfig.Algorithm.GRADIENT2));
        doors.put("holdfast vegas", environment -> limiter(environment, AdaptiveLimitConfig.Algorithm.VEGAS));
        doors.put("holdfast aimd", environment -> limiter(environment, AdaptiveLimitConfig.Algorithm.AIMD));
        doors.put("holdfast queue delay", environment -> admission(environment, AdmissionConfig.DEFAULT));
        doors.put(
                "holdfast queue delay + gradient2",
                environment ->
                        admission(environment, AdmissionConfig.DEFAULT.withAdaptiveLimit(AdaptiveLimitConfig.DEFAULT)));
        return doors;
    }

    private static Door bulkhead() {
        Semaphore places = new Semaphore(BULKHEAD);
        return criticality -> places.tryAcquire() ? inTime -> places.release() : null;
    }

    private static Limiter<Criticality> simple(Limit limit) {
        return SimpleLimiter.newBuilder().limit(limit).build();
    }

    private static final class Partitions extends AbstractPartitionedLimiter.Builder<Partitions, Criticality> {
        @Override
        protected Partitions self() {
            return this;
        }
    }

    private static Limiter<Criticality> partitioned(Limit limit) {
        Partitions partitions = new Partitions();
        partitions.limit(limit);
        return partitions
                .partitionResolver(Criticality::name)
                .partition(Criticality.CRITICAL_PLUS.name(), 0.5)
                .partition(Criticality.CRITICAL.name(), 0.3)
                .partition(Criticality.SHEDDABLE_PLUS.name(), 0.15)
                .partition(Criticality.SHEDDABLE.name(), 0.05)
                .build();
    }

    private static Door netflix(Limit limit, Function<Limit, Limiter<Criticality>> form) {
        Limiter<Criticality> limiter = form.apply(limit);
        return new Shown(limit::getLimit) {
            @Override
            public @Nullable Course arrive(Criticality criticality) {
                Limiter.Listener listener = limiter.acquire(criticality).orElse(null);
                return listener == null
                        ? null
                        : inTime -> {
                            if (inTime) {
                                listener.onSuccess();
                            } else {
                                listener.onDropped();
                            }
                        };
            }
        };
    }

    private static Door limiter(Environment environment, AdaptiveLimitConfig.Algorithm algorithm) {
        MonotonicClock clock = environment.clock();
        AdaptiveLimiter limiter = new AdaptiveLimiter(AdaptiveLimitConfig.DEFAULT.withAlgorithm(algorithm), clock);
        return new Shown(limiter::limit) {
            @Override
            public @Nullable Course arrive(Criticality criticality) {
                long arrived = clock.nanoTime();
                return limiter.enter(criticality)
                        ? inTime -> {
                            long now = clock.nanoTime();
                            limiter.leave(criticality, inTime ? Outcome.DONE : Outcome.DROPPED, now - arrived, now);
                        }
                        : null;
            }
        };
    }

    private abstract static class Shown implements Door {
        private final IntSupplier limit;

        Shown(IntSupplier limit) {
            this.limit = limit;
        }

        @Override
        public String limit() {
            return Integer.toString(limit.getAsInt());
        }
    }

    private static Door admission(Environment environment, AdmissionConfig config) {
        Admission admission = Admission.of(
                config,
                environment,
                new SimpleMeterRegistry(),
                new FlightRecorder(environment.wallClock(), FlightRecorder.DEFAULT_CAPACITY));
        return new Door() {
            @Override
            public @Nullable Course arrive(Criticality criticality) {
                long arrived = environment.clock().nanoTime();
                return admission.arrive(criticality, arrived) == null ? course(criticality, arrived) : null;
            }

            private Course course(Criticality criticality, long arrived) {
                return new Course() {
                    @Override
                    public boolean begins() {
                        return admission.begin(
                                        criticality,
                                        arrived,
                                        environment.clock().nanoTime())
                                == null;
                    }

                    @Override
                    public void end(boolean inTime) {
                        long now = environment.clock().nanoTime();
                        admission.end(criticality, inTime ? Outcome.DONE : Outcome.DROPPED, now - arrived, now);
                    }
                };
            }

            @Override
            public void close() {
                admission.close();
            }
        };
    }
}
