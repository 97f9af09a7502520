package io.holdfast.circuitbreaker.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;
import io.holdfast.circuitbreaker.config.SharesConfig;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Who gets in when not all can. */
class AdaptiveLimiterTest {
    private static final Criticality[] CLASSES = Criticality.values();

    private static AdaptiveLimiter fixed(int limit, SharesConfig shares) {
        return new AdaptiveLimiter(
                AdaptiveLimitConfig.DEFAULT.withLimits(limit, limit, limit).withShares(shares), () -> 0);
    }

    @Property(tries = 10)
    void theHighestClassPassesAndTheLowestIsShedAtFiveTimesTheCapacity(@ForAll long seed) {
        AdaptiveLimiter limiter = new AdaptiveLimiter(AdaptiveLimitConfig.DEFAULT, () -> 0);
        SimulatedService service = new SimulatedService(seed, 40, 20, 400, SimulatedService.behind(limiter));
        service.offer(Criticality.CRITICAL_PLUS, 0.5);
        service.offer(Criticality.CRITICAL, 1);
        service.offer(Criticality.SHEDDABLE_PLUS, 1.5);
        service.offer(Criticality.SHEDDABLE, 2);
        service.run(20);
        service.measure();
        service.run(30);
        assertThat(service.count(Criticality.CRITICAL_PLUS).served()).isGreaterThan(0.999);
        assertThat(service.count(Criticality.CRITICAL).served()).isGreaterThan(0.3);
        assertThat(service.count(Criticality.SHEDDABLE).served()).isLessThan(0.02);
        assertThat(service.goodput(30)).isGreaterThan(0.9);
    }

    /** Whichever class the flood comes from, the classes above it hardly notice: only while the limit is cut to measure are those below the highest refused too. */
    @Property(tries = 12)
    void aFloodOfAClassDoesNotCrowdOutTheClassesAboveIt(@ForAll long seed) {
        Criticality flood = CLASSES[(int) Math.floorMod(seed, 3L)];
        AdaptiveLimiter limiter = new AdaptiveLimiter(AdaptiveLimitConfig.DEFAULT, () -> 0);
        SimulatedService service = new SimulatedService(seed, 40, 20, 400, SimulatedService.behind(limiter));
        service.offer(flood, 5);
        for (int above = flood.ordinal() + 1; above < CLASSES.length; above++) {
            service.offer(CLASSES[above], 0.2);
        }
        service.run(20);
        service.measure();
        service.run(20);
        for (int above = flood.ordinal() + 1; above < CLASSES.length; above++) {
            assertThat(service.count(CLASSES[above]).served())
                    .as(CLASSES[above] + " beside a flood of " + flood)
                    .isGreaterThan(above == CLASSES.length - 1 ? 0.999 : 0.92);
        }
        assertThat(service.goodput(20)).isGreaterThan(0.85);
    }

    @Test
    void aClassGetsItsShareEvenWhenAHigherOneHasUsedTheLimitUp() {
        AdaptiveLimiter limiter = fixed(10, new SharesConfig(1, 0.2, 0, 0));
        for (int i = 0; i < 10; i++) {
            assertThat(limiter.enter(Criticality.CRITICAL_PLUS)).isTrue();
        }
        assertThat(limiter.enter(Criticality.CRITICAL_PLUS)).isFalse();
        assertThat(limiter.enter(Criticality.CRITICAL)).isTrue();
        assertThat(limiter.enter(Criticality.CRITICAL)).isTrue();
        assertThat(limiter.enter(Criticality.CRITICAL)).isFalse();
        assertThat(limiter.enter(Criticality.SHEDDABLE)).isFalse();
        assertThat(limiter.inflight()).isEqualTo(12);
    }

    @Test
    void aClassAloneMayUseTheWholeLimit() {
        for (Criticality each : CLASSES) {
            AdaptiveLimiter limiter = fixed(10, SharesConfig.DEFAULT);
            for (int i = 0; i < 10; i++) {
                assertThat(limiter.enter(each)).as(each + " " + i).isTrue();
            }
            assertThat(limiter.enter(each)).isFalse();
        }
    }

    /** Nobody ends where nobody is let in, so it is the refused call that must notice. */
    @Test
    void whatAHigherClassWantedLongAgoHoldsNobodyBack() {
        AtomicLong now = new AtomicLong();
        AdaptiveLimiter limiter = new AdaptiveLimiter(AdaptiveLimitConfig.DEFAULT.withLimits(10, 10, 10), now::get);
        for (int i = 0; i < 10; i++) {
            assertThat(limiter.enter(Criticality.CRITICAL_PLUS)).isTrue();
        }
        for (int i = 0; i < 10; i++) {
            limiter.leave(Criticality.CRITICAL_PLUS, Outcome.DONE, 1_000_000, now.addAndGet(100_000_000));
        }
        assertThat(limiter.enter(Criticality.SHEDDABLE)).as("nothing runs").isTrue();
        assertThat(limiter.enter(Criticality.SHEDDABLE))
                .as("the rest is held for the highest class")
                .isFalse();
        now.addAndGet(60_000_000_000L);
        for (int i = 1; i < 10; i++) {
            assertThat(limiter.enter(Criticality.SHEDDABLE)).isTrue();
        }
    }

    @Test
    void aChangeOfNumbersKeepsTheLimitThatWasLearntAndTheCallsThatRun() {
        AdaptiveLimiter limiter = fixed(100, SharesConfig.DEFAULT);
        limiter.enter(Criticality.CRITICAL);
        limiter.change(AdaptiveLimitConfig.DEFAULT.withLimits(20, 4, 1000));
        assertThat(limiter.limit()).isEqualTo(100);
        limiter.change(AdaptiveLimitConfig.DEFAULT.withLimits(20, 4, 50));
        assertThat(limiter.limit()).isEqualTo(50);
        assertThat(limiter.inflight()).isEqualTo(1);
    }

    @Property(tries = 200)
    void neverMoreRunThanTheLimitAndTheShares(@ForAll long seed) {
        Random random = new Random(seed);
        SharesConfig shares = new SharesConfig(
                random.nextDouble(), random.nextDouble(), random.nextDouble() / 2, random.nextDouble() / 2);
        int max = 1 + random.nextInt(200);
        AdaptiveLimiter limiter = new AdaptiveLimiter(
                AdaptiveLimitConfig.DEFAULT.withLimits(max, 1, max).withShares(shares), () -> seed);
        List<Criticality> running = new ArrayList<>();
        long now = seed;
        double most = max;
        for (Criticality each : CLASSES) {
            most += Math.ceil(shares.of(each) * max);
        }
        for (int step = 0; step < 2000; step++) {
            now += random.nextInt(3_000_000);
            if (random.nextInt(3) > 0) {
                Criticality each = CLASSES[random.nextInt(4)];
                if (limiter.enter(each)) {
                    running.add(each);
                }
            } else if (!running.isEmpty()) {
                Criticality each = running.remove(random.nextInt(running.size()));
                limiter.leave(each, Outcome.values()[random.nextInt(3)], random.nextInt(50_000_000), now);
            }
            assertThat(limiter.inflight()).isEqualTo(running.size()).isLessThanOrEqualTo((int) most);
            assertThat(limiter.limit()).isBetween(1, max);
        }
        for (Criticality each : running) {
            limiter.withdraw(each);
        }
        assertThat(limiter.inflight()).isZero();
    }

    @Test
    void threadsThatEnterAndLeaveGiveEverythingBack() throws Exception {
        AdaptiveLimiter limiter = fixed(5, new SharesConfig(0, 0, 0, 0));
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch over = new CountDownLatch(4);
        try (Environment environment = Environment.system()) {
            for (int t = 0; t < 4; t++) {
                Random random = new Random(t);
                environment.threads().start("caller-" + t, () -> {
                    for (int i = 0; i < 20_000; i++) {
                        Criticality each = CLASSES[random.nextInt(4)];
                        if (limiter.enter(each)) {
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            running.decrementAndGet();
                            limiter.leave(
                                    each,
                                    Outcome.DONE,
                                    1000,
                                    environment.clock().nanoTime());
                        }
                    }
                    over.countDown();
                });
            }
            over.await();
        }
        assertThat(most.get()).isBetween(1, 5);
        for (Criticality each : CLASSES) {
            assertThat(limiter.inflight(each)).isZero();
        }
    }
}
