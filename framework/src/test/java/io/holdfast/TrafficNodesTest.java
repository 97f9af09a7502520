package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.holdfast.circuitbreaker.CircuitBreaker;
import io.holdfast.circuitbreaker.CircuitOpenException;
import io.holdfast.circuitbreaker.Retry;
import io.holdfast.circuitbreaker.Timeout;
import io.holdfast.circuitbreaker.config.BreakerMode;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Idempotent;
import io.holdfast.core.slo.Guard;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.discovery.outlier.OutlierConfig;
import io.holdfast.discovery.outlier.SlowStartConfig;
import io.holdfast.discovery.traffic.CanaryConfig;
import io.holdfast.discovery.traffic.CanaryStatus;
import io.holdfast.discovery.traffic.HeaderMatch;
import io.holdfast.discovery.traffic.Match;
import io.holdfast.discovery.traffic.MirrorConfig;
import io.holdfast.discovery.traffic.RouteFaultConfig;
import io.holdfast.discovery.traffic.StickyConfig;
import io.holdfast.discovery.traffic.TrafficPolicy;
import io.holdfast.discovery.traffic.TrafficRule;
import io.holdfast.discovery.traffic.VersionWeight;
import io.holdfast.service.RemoteService;
import io.holdfast.service.RemoteServiceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Traffic policy between real nodes: a caller, two nodes of version 1, one of version 2. */
class TrafficNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ServiceName SHELF = ServiceName.of("shelf");
    private static final TrafficRule ALL = TrafficRule.of(0, Match.ALL);
    private static final TrafficPolicy BASE = TrafficPolicy.DEFAULT
            .withSlowStart(SlowStartConfig.OFF)
            .withOutlier(new OutlierConfig(
                    5, 1.9, 3, 20, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofMinutes(1), 0.3, 0.5, 3));

    @RemoteService("shelf")
    interface Shelf {
        @Idempotent
        String where(String book);

        @Idempotent
        CompletionStage<String> whereLater(String book);

        @Idempotent
        @Retry(maxRetries = 1, policy = "shelf-surely")
        String surely(String book);

        @Idempotent
        @CircuitBreaker(perInstance = true, policy = "shelf-guarded")
        String guarded(String book);

        @Idempotent
        @Retry(maxRetries = 1, policy = "shelf-sturdy")
        @CircuitBreaker(perInstance = true, policy = "shelf-sturdy")
        String sturdy(String book);

        String put(String book);

        String forever();

        @Timeout("50ms")
        String hang();
    }

    static final class ShelfService implements Shelf {
        static final AtomicInteger copies = new AtomicInteger();
        static volatile String broken = "";
        private final String node;

        ShelfService(String node) {
            this.node = node;
        }

        @Override
        public String where(String book) {
            if (node.equals(broken)) {
                throw new IllegalStateException("broken");
            }
            if (CallContext.current().baggage().containsKey(MirrorConfig.MARK)) {
                copies.incrementAndGet();
                throw new IllegalStateException("a copy that fails");
            }
            return node;
        }

        @Override
        public CompletionStage<String> whereLater(String book) {
            return CompletableFuture.completedFuture(where(book));
        }

        @Override
        public String surely(String book) {
            return where(book);
        }

        @Override
        public String guarded(String book) {
            return where(book);
        }

        @Override
        public String sturdy(String book) {
            return where(book);
        }

        @Override
        public String put(String book) {
            return where(book);
        }

        @Override
        public String hang() {
            return node.equals(broken) ? forever() : node;
        }

        @Override
        public String forever() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return node;
        }
    }

    private static final List<HoldfastNode> nodes = new ArrayList<>();
    private static HoldfastNode caller;
    private static Shelf shelf;

    @BeforeAll
    static void startFour() {
        for (String[] each : new String[][] {{"caller", ""}, {"old-1", "1"}, {"old-2", "1"}, {"new-1", "2"}}) {
            NodeBuilder builder = Holdfast.node(each[0])
                    .set("holdfast.node.version", each[1])
                    .set(
                            "holdfast.client.balance",
                            "round-robin"); // one call after the other: the best balancer would take the fastest
            for (String[] number :
                    new String[][] {{"minimum-calls", "4"}, {"window-size", "10"}, {"wait-in-open", "10m"}}) {
                for (String policy : List.of("shelf-guarded", "shelf-sturdy")) {
                    builder.set("holdfast.policies." + policy + ".instance-circuit-breaker." + number[0], number[1]);
                }
            }
            for (String policy : List.of("shelf-surely", "shelf-sturdy")) {
                builder.set("holdfast.policies." + policy + ".retry.max-retries", "1")
                        .set("holdfast.policies." + policy + ".retry.budget-ratio", "100%");
            }
            if (!nodes.isEmpty()) {
                builder.seeds(nodes.get(0).address().toString());
            }
            nodes.add(builder.start());
        }
        nodes.forEach(node -> node.awaitReady(LIMIT));
        caller = nodes.get(0);
        nodes.subList(1, 4).forEach(node -> node.host(new ShelfService(node.id().value())));
        caller.services().awaitInstances(SHELF, 3, LIMIT).toCompletableFuture().join();
        shelf = caller.client(Shelf.class);
        caller.traffic().update(SHELF, BASE);
    }

    @AfterAll
    static void closeAll() {
        nodes.forEach(HoldfastNode::close);
    }

    @AfterEach
    void takeBack() {
        ShelfService.broken = "";
        caller.traffic().update(SHELF, BASE);
        await().atMost(LIMIT)
                .until(() -> count(60).size() == 3
                        && caller.telemetry()
                                        .meters()
                                        .get("holdfast.outlier.ejected")
                                        .gauge()
                                        .value()
                                == 0);
    }

    private static void rule(TrafficRule rule) {
        caller.traffic().update(SHELF, BASE.withRule("rule", rule));
    }

    private static Map<String, Integer> count(int calls) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < calls; i++) {
            counts.merge(shelf.where("b" + i), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void theVersionOfTheNodeIsThatOfItsInstances() {
        assertThat(caller.services().instances(SHELF))
                .extracting(instance -> instance.node() + " " + instance.version())
                .containsExactlyInAnyOrder("old-1 1", "old-2 1", "new-1 2");
    }

    /** Without ejection, so that a broken instance goes on getting first attempts. */
    private static TrafficPolicy withoutEjection() {
        return BASE.withOutlier(new OutlierConfig(
                0, 0, 0, 20, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofMinutes(1), 0.3, 0.5, 3));
    }

    @Test
    void aRetryStaysWithTheVersionsOfTheSplit() {
        caller.traffic()
                .update(
                        SHELF,
                        withoutEjection()
                                .withRule(
                                        "all", ALL.withSplit(new VersionWeight("2", 0), new VersionWeight("1", 100))));
        ShelfService.broken = "old-1";
        for (int i = 0; i < 30; i++) {
            assertThat(shelf.surely("b")).isEqualTo("old-2");
        }
    }

    @Test
    void aRetryDoesNotReachACanaryThatWasRolledBack() {
        caller.traffic()
                .update(
                        SHELF,
                        withoutEjection()
                                .withCanary(
                                        CanaryConfig.of("2", "1").withSteps(List.of(50, 100), Duration.ofMinutes(1))));
        caller.traffic().guard(SHELF, now -> Guard.Verdict.notOk("a test says so"));
        await().atMost(LIMIT).until(() -> {
            shelf.where("b");
            return caller.traffic().canary(SHELF).orElseThrow().phase() == CanaryStatus.Phase.ROLLED_BACK;
        });
        caller.traffic().guard(SHELF, Guard.NONE);
        ShelfService.broken = "old-1";
        for (int i = 0; i < 30; i++) {
            assertThat(shelf.surely("b")).isEqualTo("old-2");
        }
    }

    @Test
    void theRetriesOfASickInstancesKeysGoToEachKeysNextInstance() throws Exception {
        caller.traffic().update(SHELF, withoutEjection().withSticky(new StickyConfig("user", 1.25)));
        Map<String, String> homes = new HashMap<>();
        for (int user = 0; user < 60; user++) {
            homes.put("u" + user, user("u" + user).call(() -> shelf.where("b")));
        }
        ShelfService.broken = "old-1";
        Map<String, String> next = new HashMap<>();
        for (Map.Entry<String, String> home : homes.entrySet()) {
            String had = user(home.getKey()).call(() -> shelf.surely("b"));
            if (home.getValue().equals("old-1")) {
                next.put(home.getKey(), had);
            } else {
                assertThat(had).isEqualTo(home.getValue());
            }
        }
        assertThat(next.values()).contains("old-2", "new-1").doesNotContain("old-1");
        for (Map.Entry<String, String> each : next.entrySet()) {
            assertThat(user(each.getKey()).call(() -> shelf.surely("b"))).isEqualTo(each.getValue());
        }
    }

    @Test
    void anOpenBreakerOfAnInstanceSendsItsCallsToItsVersion() {
        caller.traffic()
                .update(
                        SHELF,
                        withoutEjection()
                                .withRule(
                                        "all", ALL.withSplit(new VersionWeight("2", 0), new VersionWeight("1", 100))));
        ShelfService.broken = "old-1";
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            try {
                counts.merge(shelf.guarded("b"), 1, Integer::sum);
            } catch (RemoteServiceException e) {
                counts.merge("failed", 1, Integer::sum);
            }
        }
        assertThat(counts).isEqualTo(Map.of("old-2", 56, "failed", 4));
    }

    @Test
    void aRetryStaysWithItsVersionWhileAnInstanceOfItIsAdmitted() {
        caller.traffic()
                .update(
                        SHELF,
                        withoutEjection()
                                .withRule(
                                        "all",
                                        ALL.withSplit(new VersionWeight("1", 10_000), new VersionWeight("2", 1))));
        ShelfService.broken = "old-2";
        for (int i = 0; i < 12; i++) { // opens its breaker, and fills the other one's window
            assertThat(shelf.sturdy("b")).isNotEqualTo("old-2");
        }
        for (int turn = 0; turn < 2; turn++) { // so that the retry draws old-1 once and old-2 once
            ShelfService.broken = "";
            assertThat(shelf.sturdy("b")).isEqualTo("old-1");
            ShelfService.broken = "old-1";
            assertThatThrownBy(() -> shelf.sturdy("b")).isInstanceOf(RemoteServiceException.class);
        }
    }

    private static double measured(String meter) {
        return caller.telemetry().meters().find(meter).meters().stream()
                .mapToDouble(each -> each.measure().iterator().next().getValue())
                .sum();
    }

    @Test
    void eachOpenBreakerIsAskedOncePerAttempt() {
        caller.traffic().update(SHELF, withoutEjection());
        caller.policies().force("shelf-guarded", BreakerMode.FORCED_OPEN);
        try {
            assertThatThrownBy(() -> shelf.guarded("b")).isInstanceOf(CircuitOpenException.class);
            double before = measured("resilience4j.circuitbreaker.not.permitted.calls");
            assertThatThrownBy(() -> shelf.guarded("b")).isInstanceOf(CircuitOpenException.class);
            assertThat(measured("resilience4j.circuitbreaker.not.permitted.calls") - before)
                    .isEqualTo(3);
        } finally {
            caller.policies().force("shelf-guarded", BreakerMode.AUTOMATIC);
        }
    }

    @Test
    void anInstanceThatIsDownIsNotAskedAgainAtOnceWhereItsVersionHasNobodyElse() {
        HoldfastNode down = Holdfast.node("down")
                .set("holdfast.node.version", "3")
                .seeds(nodes.get(0).address().toString())
                .start()
                .awaitReady(LIMIT);
        down.host(new ShelfService("down"));
        caller.services().awaitInstances(SHELF, 4, LIMIT).toCompletableFuture().join();
        caller.traffic()
                .update(
                        SHELF,
                        withoutEjection()
                                .withRule(
                                        "all", ALL.withSplit(new VersionWeight("1", 0), new VersionWeight("3", 100))));
        assertThat(shelf.put("b")).isEqualTo("down");
        down.abandon();
        double before;
        Throwable thrown;
        do { // a call that was on its way when the node went may end otherwise
            before = measured("rpc.client.call.duration");
            thrown = catchThrowable(() -> shelf.put("b"));
            assertThat(thrown).isNotNull();
        } while (!(thrown instanceof UnavailableException));
        assertThat(measured("rpc.client.call.duration") - before).isEqualTo(1);
    }

    private static CallContext user(String name) {
        return CallContext.EMPTY.withBaggage(Map.of("user", name));
    }

    @Test
    void aHeaderSendsCallsOfBothKindsToAVersion() throws Exception {
        Match beta = new Match(List.of(), List.of(HeaderMatch.parse("group=beta")), Optional.empty(), Optional.empty());
        caller.traffic()
                .update(
                        SHELF,
                        BASE.withRule("beta", TrafficRule.of(0, beta).withSplit(new VersionWeight("2", 1)))
                                .withRule("rest", TrafficRule.of(1, Match.ALL).withSplit(new VersionWeight("1", 1))));
        CallContext context = CallContext.EMPTY.withBaggage(Map.of("group", "beta"));
        for (int i = 0; i < 20; i++) {
            assertThat(context.call(() -> shelf.where("b"))).isEqualTo("new-1");
            assertThat(context.call(
                            () -> shelf.whereLater("b").toCompletableFuture().join()))
                    .isEqualTo("new-1");
        }
        assertThat(count(40)).containsOnlyKeys("old-1", "old-2");
        assertThat(caller.client(Shelf.class, NodeId.of("new-1")).where("b"))
                .as("a client of one node follows no rule")
                .isEqualTo("new-1");
    }

    @Test
    void aCopyReachesTheOtherVersionAndNothingOfItTheCaller() {
        rule(ALL.withSplit(new VersionWeight("1", 1)).withMirror(new MirrorConfig("2", 1, 1000)));
        int before = ShelfService.copies.get();
        assertThat(count(50)).containsOnlyKeys("old-1", "old-2");
        await().atMost(LIMIT).until(() -> ShelfService.copies.get() == before + 50);
        shelf.put("not idempotent");
        count(1);
        await().atMost(LIMIT).until(() -> ShelfService.copies.get() >= before + 51);
        assertThat(ShelfService.copies.get()).isEqualTo(before + 51);
    }

    @Test
    void aRuleShortensTheTimeout() {
        rule(ALL.withTimeout(Duration.ofMillis(100)));
        assertThatThrownBy(shelf::forever).isInstanceOf(DeadlineExceededException.class);
    }

    @RemoteService("archive")
    interface Archive {
        @Timeout("30s")
        String dig();
    }

    @Test
    void aTimeoutIsRefusedUnlessSomeRuleOfTheServiceGivesACallThatLong() {
        ServiceName archive = ServiceName.of("archive");
        assertThatThrownBy(() -> caller.client(Archive.class))
                .hasMessageContaining(
                        "raise holdfast.client.timeout, or the timeout of a rule in holdfast.traffic.archive.rules");
        caller.traffic()
                .update(
                        archive,
                        TrafficPolicy.DEFAULT
                                .withRule("long", ALL.withTimeout(Duration.ofSeconds(60)))
                                .withRule("short", ALL.withTimeout(Duration.ofSeconds(1))));
        assertThat(caller.client(Archive.class)).isNotNull();
        assertThatThrownBy(() -> caller.client(Archive.class, NodeId.of("old-1")))
                .as("a client of one node follows no rule")
                .hasMessageContaining("raise holdfast.client.timeout");
    }

    @Test
    void anErrorOnPurposeReachesTheCallerAndTakesNobodyOut() {
        rule(ALL.withFault(new RouteFaultConfig(Optional.empty(), 0, Optional.of("game day"), 1)));
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> shelf.where("b"))
                    .isInstanceOf(RemoteServiceException.class)
                    .hasMessageContaining("rule rule")
                    .hasMessageContaining("game day");
            assertThat(shelf.whereLater("b")).isCompletedExceptionally();
        }
        caller.traffic().update(SHELF, BASE);
        assertThat(caller.telemetry()
                        .meters()
                        .get("holdfast.outlier.ejected")
                        .gauge()
                        .value())
                .isZero();
    }

    @Test
    void aLatencyOnPurposeComesBeforeTheAnswerAndWithinTheDeadline() {
        RouteFaultConfig late = new RouteFaultConfig(Optional.of(Duration.ofMillis(120)), 1, Optional.empty(), 0);
        rule(ALL.withFault(late));
        assertThat(shelf.where("b")).isNotEmpty();
        assertThat(shelf.whereLater("b").toCompletableFuture().join()).isNotEmpty();
        rule(ALL.withFault(late).withTimeout(Duration.ofMillis(40)));
        assertThatThrownBy(() -> shelf.where("b")).isInstanceOf(DeadlineExceededException.class);
    }

    @Test
    void anInstanceThatFailsIsTakenOutAndTheRecorderSaysWhy() {
        count(60);
        ShelfService.broken = "old-1";
        await().atMost(LIMIT).until(() -> {
            try {
                shelf.where("b");
            } catch (RemoteServiceException e) {
                // it is still in
            }
            return decisions("outlier").stream().anyMatch(text -> text.contains("node old-1 is out for 2s"));
        });
        assertThat(count(100)).doesNotContainKey("old-1");
    }

    @Test
    void anInstanceThatHangsUntilThePolicyGivesUpIsTakenOut() {
        count(60);
        ShelfService.broken = "old-2";
        await().atMost(LIMIT).until(() -> {
            try {
                shelf.hang();
            } catch (DeadlineExceededException e) {
                // it is still in
            }
            return decisions("outlier").stream().anyMatch(text -> text.contains("node old-2 is out for"));
        });
    }

    private static List<String> decisions(String area) {
        return caller.telemetry().recorder().entries().stream()
                .filter(entry -> entry.area().equals(area))
                .map(FlightRecorder.Entry::decision)
                .toList();
    }

    @Test
    void aCanaryThatFailsIsRolledBackBetweenRealNodes() {
        caller.traffic()
                .update(
                        SHELF,
                        BASE.withCanary(CanaryConfig.of("2", "1").withSteps(List.of(20, 100), Duration.ofMinutes(1))));
        ShelfService.broken = "new-1";
        await().atMost(LIMIT).until(() -> {
            try {
                shelf.where("b");
            } catch (RemoteServiceException e) {
                // the canary had it
            }
            return caller.traffic().canary(SHELF).orElseThrow().phase() == CanaryStatus.Phase.ROLLED_BACK;
        });
        assertThat(decisions("canary")).last().asString().contains("rolled back from 20%");
        assertThat(count(100)).containsOnlyKeys("old-1", "old-2");
    }
}
