package io.holdfast.circuitbreaker.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;
import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig.Algorithm;
import io.holdfast.core.call.Criticality;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The limit finds the capacity of a service in virtual time, whichever side it comes from, and finds it again when it changes. */
class LimitTest {
    private static final int WORKERS = 40;

    private static AdaptiveLimiter limiter(Algorithm algorithm, int initial) {
        return new AdaptiveLimiter(
                AdaptiveLimitConfig.DEFAULT.withAlgorithm(algorithm).withLimits(initial, 1, 2000), () -> 0);
    }

    private static SimulatedService overloaded(long seed, AdaptiveLimiter limiter) {
        SimulatedService service = new SimulatedService(seed, WORKERS, 20, 400, SimulatedService.behind(limiter));
        service.offer(Criticality.CRITICAL, 5);
        return service;
    }

    /** The limit while it is not cut to measure, in the mean of so many seconds. */
    private static double learnt(SimulatedService service, AdaptiveLimiter limiter, int seconds) {
        int[] most = new int[seconds];
        for (int i = 0; i < seconds; i++) {
            int at = i;
            service.atEvent(now -> most[at] = Math.max(most[at], limiter.limit()));
            service.run(1);
        }
        return java.util.Arrays.stream(most).average().orElseThrow();
    }

    @Property(tries = 10)
    void gradient2ComesNearTheCapacityFromBelowAndFromAbove(@ForAll long seed) {
        for (int initial : new int[] {4, 10 * WORKERS}) {
            AdaptiveLimiter limiter = limiter(Algorithm.GRADIENT2, initial);
            SimulatedService service = overloaded(seed, limiter);
            service.run(20);
            service.measure();
            assertThat(learnt(service, limiter, 10)).as("from " + initial).isBetween(1.0 * WORKERS, 3.2 * WORKERS);
            assertThat(service.goodput(10)).as("goodput from " + initial).isGreaterThan(0.9);
        }
    }

    @Property(tries = 10)
    void vegasComesNearTheCapacityFromBelowAndFromAbove(@ForAll long seed) {
        for (int initial : new int[] {4, 10 * WORKERS}) {
            AdaptiveLimiter limiter = limiter(Algorithm.VEGAS, initial);
            SimulatedService service = overloaded(seed, limiter);
            service.run(30);
            service.measure();
            assertThat(learnt(service, limiter, 10)).as("from " + initial).isBetween(0.6 * WORKERS, 3.2 * WORKERS);
            assertThat(service.goodput(10)).as("goodput from " + initial).isGreaterThan(0.6);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, GRADIENT2", "2, GRADIENT2", "3, VEGAS", "4, VEGAS"})
    void theLimitFollowsWhenTheCapacityHalvesAndDoubles(long seed, Algorithm algorithm) {
        AdaptiveLimiter limiter = limiter(algorithm, 20);
        SimulatedService service = overloaded(seed, limiter);
        service.run(20);
        double whole = learnt(service, limiter, 5);
        service.workers(WORKERS / 2);
        service.run(15);
        double half = learnt(service, limiter, 5);
        service.workers(WORKERS * 2);
        service.run(20);
        double twice = learnt(service, limiter, 5);
        assertThat(half).as("whole " + whole + ", half").isLessThan(0.8 * whole);
        assertThat(twice).as("half " + half + ", twice").isGreaterThan(1.8 * half);
    }

    @ParameterizedTest
    @CsvSource({
        "GRADIENT2, 1, 40",
        "VEGAS, 1, 40",
        "GRADIENT2, 4, 40",
        "VEGAS, 4, 40",
        "GRADIENT2, 4, 12",
        "VEGAS, 4, 12"
    })
    void aServiceThatBecomesSlowerIsNotStarvedForIt(Algorithm algorithm, int minLimit, int workers) {
        AdaptiveLimiter limiter = new AdaptiveLimiter(
                AdaptiveLimitConfig.DEFAULT.withAlgorithm(algorithm).withLimits(20, minLimit, 1000), () -> 0);
        SimulatedService service = new SimulatedService(7, workers, 20, 400, SimulatedService.behind(limiter));
        service.offer(Criticality.CRITICAL, 5);
        service.run(20);
        service.serviceMillis(60); // as many at once as before, each three times as long
        service.run(40);
        service.measure();
        service.run(10);
        assertThat(service.goodput(10)).isGreaterThan(algorithm == Algorithm.VEGAS ? 0.5 : 0.8);
    }

    @ParameterizedTest
    @CsvSource({"GRADIENT2", "VEGAS", "AIMD"})
    void withoutQueueTheLimitGrowsWithTheDemandAndNotBeyond(Algorithm algorithm) {
        AdaptiveLimiter limiter = limiter(algorithm, 20);
        SimulatedService service = new SimulatedService(3, 400, 20, 400, SimulatedService.behind(limiter));
        service.offer(Criticality.CRITICAL, 0.5);
        service.run(60);
        service.measure();
        service.run(10);
        assertThat(service.count(Criticality.CRITICAL).served()).isGreaterThan(0.97);
        assertThat(limiter.limit()).isLessThan(4 * 200);
    }

    @ParameterizedTest
    @EnumSource
    void windowsOfTimeoutsOnlySayNothingOfHowLongCallsTake(Algorithm algorithm) {
        AdaptiveLimiter limiter = new AdaptiveLimiter(AdaptiveLimitConfig.DEFAULT.withAlgorithm(algorithm), () -> 0);
        long now = 0;
        for (int window = 0; window < 20; window++) {
            limiter.enter(Criticality.CRITICAL);
            now += 200_000_000;
            limiter.leave(Criticality.CRITICAL, Outcome.DROPPED, 1_000_000_000, now);
        }
        assertThat(limiter.limit()).isLessThan(10);
        int most = 0;
        for (int window = 0; window < 400; window++) {
            int calls = 0;
            while (limiter.enter(Criticality.CRITICAL)) {
                calls++;
            }
            now += 200_000_000;
            for (int i = 0; i < calls; i++) {
                limiter.leave(Criticality.CRITICAL, Outcome.DONE, 20_000_000, now);
            }
            most = Math.max(most, limiter.limit());
        }
        assertThat(most).isGreaterThan(40);
    }

    @Property(tries = 300)
    void noWindowTakesALimitOutOfItsBounds(
            @ForAll Algorithm algorithm,
            @ForAll @IntRange(min = 1, max = 50) int min,
            @ForAll @IntRange(max = 500) int room,
            @ForAll @Size(max = 300) java.util.List<@LongRange(min = 0, max = 5_000_000_000_000L) Long> times) {
        int max = min + room;
        Limit limit =
                Limit.of(AdaptiveLimitConfig.DEFAULT.withAlgorithm(algorithm).withLimits(min + room / 2, min, max));
        for (long time : times) {
            int next = limit.onWindow(time % 50_000_000, (int) (time % 997), time % 7 == 0);
            assertThat(next).isBetween(min, max);
            assertThat(limit.steady()).isBetween(min, max);
        }
    }
}
