package io.holdfast.circuitbreaker.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;
import io.holdfast.circuitbreaker.config.AdmissionConfig;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.ProcessLoad;
import io.holdfast.core.env.RandomSource;
import io.holdfast.core.env.Scheduler;
import io.holdfast.core.env.Threads;
import io.holdfast.core.env.WallClock;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.testkit.sim.SimEnvironment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What a server refuses, why, and what it says of itself. */
class AdmissionTest {
    /** A simulated environment whose load a test sets. */
    private static final class Loaded implements Environment {
        final SimEnvironment simulated = SimEnvironment.seed(1);
        double cpu;
        double heap;

        @Override
        public ProcessLoad load() {
            return new ProcessLoad() {
                @Override
                public double cpu() {
                    return cpu;
                }

                @Override
                public double heap() {
                    return heap;
                }
            };
        }

        @Override
        public MonotonicClock clock() {
            return simulated.clock();
        }

        @Override
        public WallClock wallClock() {
            return simulated.wallClock();
        }

        @Override
        public Scheduler scheduler() {
            return simulated.scheduler();
        }

        @Override
        public RandomSource random() {
            return simulated.random();
        }

        @Override
        public Threads threads() {
            return simulated.threads();
        }

        @Override
        public void close() {}
    }

    private final Loaded environment = new Loaded();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final FlightRecorder recorder = new FlightRecorder(environment.wallClock(), 100);

    private Admission admission(AdmissionConfig config) {
        return Admission.of(config, environment, meters, recorder);
    }

    private SimulatedService service(long seed, Admission admission) {
        long start = environment.clock().nanoTime();
        return new SimulatedService(seed, 20, 10, 200, new SimulatedService.Guard() {
            private long passed;

            private long at(long now) {
                environment.simulated.advance(Duration.ofNanos(now - passed)); // timers of the admission run meanwhile
                passed = now;
                return start + now;
            }

            @Override
            public boolean arrive(Criticality criticality, long now) {
                return admission.arrive(criticality, at(now)) == null;
            }

            @Override
            public boolean begin(Criticality criticality, long arrived, long now) {
                boolean begins = admission.begin(criticality, start + arrived, at(now)) == null;
                if (!begins) {
                    admission.end(criticality, Outcome.DROPPED, now - arrived, start + now);
                }
                return begins;
            }

            @Override
            public void end(Criticality criticality, Outcome outcome, long took, long now) {
                admission.end(criticality, outcome, took, at(now));
            }
        });
    }

    private static void offerFiveTimes(SimulatedService service) {
        service.offer(Criticality.CRITICAL_PLUS, 0.4);
        service.offer(Criticality.CRITICAL, 1.1);
        service.offer(Criticality.SHEDDABLE_PLUS, 1.5);
        service.offer(Criticality.SHEDDABLE, 2);
    }

    @Property(tries = 5)
    void theWaitForAThreadAloneKeepsGoodputAndTheHighestClassAtFiveTimesTheCapacity(@ForAll long seed) {
        try (Admission admission = admission(AdmissionConfig.DEFAULT)) {
            SimulatedService service = service(seed, admission);
            offerFiveTimes(service);
            service.run(5);
            service.measure();
            service.run(10);
            assertThat(service.count(Criticality.CRITICAL_PLUS).success()).isGreaterThan(0.999);
            assertThat(service.count(Criticality.SHEDDABLE).served()).isLessThan(0.05);
            assertThat(service.goodput(10)).isGreaterThan(0.95);
            assertThat(admission.brownOut().level()).isEqualTo(BrownOut.Level.FULL);
        }
    }

    @Property(tries = 5)
    void withALearntLimitTheSameHoldsAndTheQueueIsShort(@ForAll long seed) {
        try (Admission admission = admission(AdmissionConfig.DEFAULT.withAdaptiveLimit(AdaptiveLimitConfig.DEFAULT))) {
            SimulatedService service = service(seed, admission);
            offerFiveTimes(service);
            service.run(15);
            service.measure();
            service.run(10);
            assertThat(service.count(Criticality.CRITICAL_PLUS).success()).isGreaterThan(0.998);
            assertThat(service.count(Criticality.SHEDDABLE).served()).isLessThan(0.05);
            assertThat(service.goodput(10)).isGreaterThan(0.9);
        }
    }

    @Test
    void belowItsCapacityAServerRefusesNobody() {
        try (Admission admission = admission(AdmissionConfig.DEFAULT)) {
            SimulatedService service = service(1, admission);
            service.offer(Criticality.SHEDDABLE, 0.7);
            service.run(30);
            assertThat(service.count(Criticality.SHEDDABLE).refused).isZero();
            assertThat(admission.brownOut().level()).isEqualTo(BrownOut.Level.NONE);
        }
    }

    @Test
    void aBusyProcessorRefusesBackgroundCallsAndNoOthers() {
        try (Admission admission = admission(AdmissionConfig.DEFAULT)) {
            environment.cpu = 1;
            environment.simulated.advance(Duration.ofSeconds(5));
            long now = environment.clock().nanoTime();
            OverloadedException refusal = admission.arrive(Criticality.SHEDDABLE, now);
            assertThat(refusal).hasMessageContaining("cpu-threshold (95%)");
            assertThat(refusal.getStackTrace())
                    .as("refusing costs less than doing")
                    .isEmpty();
            assertThat(refusal.retryAfter()).hasValue(Duration.ofSeconds(1));
            assertThat(admission.arrive(Criticality.SHEDDABLE_PLUS, now)).isNotNull();
            assertThat(admission.arrive(Criticality.CRITICAL, now)).isNull();
            environment.cpu = 0.5;
            environment.simulated.advance(Duration.ofSeconds(5));
            assertThat(admission.arrive(
                            Criticality.SHEDDABLE, environment.clock().nanoTime()))
                    .isNull();
        }
    }

    @Test
    void aFullHeapRefusesAllButTheHighestClass() {
        try (Admission admission = admission(AdmissionConfig.DEFAULT)) {
            environment.heap = 1;
            environment.simulated.advance(Duration.ofSeconds(5));
            long now = environment.clock().nanoTime();
            assertThat(admission.arrive(Criticality.CRITICAL, now)).hasMessageContaining("heap-threshold (90%)");
            assertThat(admission.arrive(Criticality.CRITICAL_PLUS, now)).isNull();
        }
    }

    @Test
    void theBrownOutLevelRisesWhenItIsConfirmedAndFallsStepByStepAfterTheHold() {
        try (Admission admission = admission(AdmissionConfig.DEFAULT)) {
            List<BrownOut.Level> told = new ArrayList<>();
            admission.brownOut().onChange(told::add);
            environment.cpu = 1;
            for (int i = 0; i < 100; i++) {
                admission.arrive(Criticality.SHEDDABLE, environment.clock().nanoTime());
                admission.arrive(Criticality.SHEDDABLE_PLUS, environment.clock().nanoTime());
                environment.simulated.advance(Duration.ofMillis(100));
            }
            assertThat(admission.brownOut().level()).isEqualTo(BrownOut.Level.HEAVY);
            assertThat(meters.get("holdfast.overload.brownout.level").gauge().value())
                    .isEqualTo(2);
            environment.cpu = 0;
            environment.simulated.advance(Duration.ofSeconds(4));
            assertThat(admission.brownOut().level()).isEqualTo(BrownOut.Level.HEAVY);
            environment.simulated.advance(Duration.ofSeconds(20));
            assertThat(told)
                    .containsExactly(
                            BrownOut.Level.LIGHT, BrownOut.Level.HEAVY, BrownOut.Level.LIGHT, BrownOut.Level.NONE);
            assertThat(recorder.entries())
                    .anySatisfy(entry -> assertThat(entry.decision()).contains("NONE to LIGHT", "cpu"));
        }
    }

    @Test
    void refusalsAreCountedByClassAndReasonAndClosingTakesTheMetersAway() {
        Admission admission =
                admission(AdmissionConfig.DEFAULT.withAdaptiveLimit(AdaptiveLimitConfig.DEFAULT.withLimits(4, 4, 4)));
        for (int i = 0; i < 5; i++) {
            admission.arrive(Criticality.SHEDDABLE, environment.clock().nanoTime());
        }
        assertThat(meters.get("holdfast.overload.refused")
                        .tag("reason", "limit")
                        .tag("criticality", "sheddable")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("holdfast.overload.limit").gauge().value()).isEqualTo(4);
        admission.close();
        assertThat(meters.getMeters()).isEmpty();
    }

    @Test
    void whereItIsNotEnabledNobodyIsRefused() {
        AdmissionConfig off = new AdmissionConfig(
                false,
                Duration.ofMillis(5),
                Duration.ofMillis(100),
                0.95,
                0.9,
                Duration.ofSeconds(5),
                java.util.Optional.of(AdaptiveLimitConfig.DEFAULT.withLimits(1, 1, 1)));
        try (Admission admission = admission(off)) {
            for (int i = 0; i < 10; i++) {
                assertThat(admission.arrive(
                                Criticality.SHEDDABLE, environment.clock().nanoTime()))
                        .isNull();
            }
            assertThat(meters.getMeters()).isEmpty();
        }
    }
}
