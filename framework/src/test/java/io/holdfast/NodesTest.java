package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.circuitbreaker.Fallback;
import io.holdfast.circuitbreaker.Retry;
import io.holdfast.circuitbreaker.Timeout;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Idempotent;
import io.holdfast.service.NonBlocking;
import io.holdfast.service.RemoteService;
import io.holdfast.service.RemoteServiceException;
import io.holdfast.transport.http.HttpResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three real nodes in one JVM. */
class NodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    record Title(String id, String servedBy) {}

    static final class NoSuchTitle extends Exception {
        private final String id;

        NoSuchTitle(String id) {
            super("no title " + id);
            this.id = id;
        }

        String id() {
            return id;
        }
    }

    @RemoteService("catalog")
    interface Catalog {
        @Idempotent
        @Retry(maxRetries = 3)
        Title find(String id) throws NoSuchTitle;

        CompletionStage<Title> later(String id);

        CompletionStage<Title> direct(String id);

        void touch(String id);

        @Timeout("150ms")
        String slow(String id);

        CompletionStage<String> never(String id);

        @Timeout("150ms")
        @Fallback(method = "popular")
        List<String> recommend(String user);

        String fail(String how);

        Map<String, String> context();

        default List<String> popular(String user) {
            return List.of("popular", user);
        }
    }

    static final class CatalogService implements Catalog {
        static final Set<String> interrupted = ConcurrentHashMap.newKeySet();
        static final Set<String> cancelled = ConcurrentHashMap.newKeySet();
        static final AtomicInteger touched = new AtomicInteger();
        private final String node;

        CatalogService(String node) {
            this.node = node;
        }

        @Override
        public Title find(String id) throws NoSuchTitle {
            if (id.startsWith("missing")) {
                throw new NoSuchTitle(id);
            }
            return new Title(id, node);
        }

        @Override
        public CompletionStage<Title> later(String id) {
            return CompletableFuture.completedFuture(new Title(id, node));
        }

        @Override
        @NonBlocking
        public CompletionStage<Title> direct(String id) {
            return CompletableFuture.completedFuture(new Title(id, node));
        }

        @Override
        public void touch(String id) {
            touched.incrementAndGet();
        }

        @Override
        public String slow(String id) {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.add(id);
            }
            return "late";
        }

        @Override
        public CompletionStage<String> never(String id) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            answer.whenComplete((value, error) -> {
                if (error instanceof CancellationException) {
                    cancelled.add(id);
                }
            });
            return answer;
        }

        @Override
        public List<String> recommend(String user) {
            return List.of(slow(user));
        }

        @Override
        public String fail(String how) {
            if (how.equals("safe advice")) {
                throw new UnavailableException("a call that this method made was refused");
            }
            throw new IllegalStateException("broken by " + how);
        }

        @Override
        public Map<String, String> context() {
            CallContext context = CallContext.current();
            return Map.of(
                    "id",
                    context.correlationId(),
                    "bounded",
                    Boolean.toString(!context.deadline().isNone()));
        }
    }

    private static final List<HoldfastNode> nodes = new ArrayList<>();
    private static Catalog catalog;

    @BeforeAll
    static void startThree() {
        for (String name : List.of("a", "b", "c")) {
            NodeBuilder builder = Holdfast.node(name);
            if (!nodes.isEmpty()) {
                builder.seeds(nodes.get(0).address().toString());
            }
            nodes.add(builder.start());
        }
        nodes.forEach(node -> node.awaitReady(LIMIT));
        nodes.forEach(node -> node.host(new CatalogService(node.id().value())));
        nodes.forEach(node -> instances(node, "catalog", 3));
        catalog = nodes.get(0).client(Catalog.class);
    }

    private static void instances(HoldfastNode node, String service, int count) {
        node.services()
                .awaitInstances(ServiceName.of(service), count, LIMIT)
                .toCompletableFuture()
                .join();
    }

    @AfterAll
    static void closeAll() {
        nodes.forEach(HoldfastNode::close);
    }

    @Test
    void callsOfEachKindAreAnsweredAndSpreadOverTheInstances() throws Exception {
        Set<String> servers = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 100; i++) {
            Title title = catalog.find("tt" + i);
            assertThat(title.id()).isEqualTo("tt" + i);
            servers.add(title.servedBy());
            servers.add(catalog.later("x").toCompletableFuture().join().servedBy());
            servers.add(catalog.direct("x").toCompletableFuture().join().servedBy());
        }
        assertThat(servers).containsExactlyInAnyOrder("a", "b", "c");
        int before = CatalogService.touched.get();
        catalog.touch("tt1");
        assertThat(CatalogService.touched.get()).isEqualTo(before + 1);
        assertThat(catalog.popular("u")).containsExactly("popular", "u");
    }

    @Test
    void aDeclaredExceptionArrivesAsItselfWithItsFields() {
        assertThatThrownBy(() -> catalog.find("missing1"))
                .isInstanceOfSatisfying(
                        NoSuchTitle.class, e -> assertThat(e.id()).isEqualTo("missing1"));
    }

    @Test
    void anotherExceptionArrivesAsTypeMessageAndCorrelationId() {
        assertThatThrownBy(() -> CallContext.EMPTY.withCorrelationId("req-7").call(() -> catalog.fail("test")))
                .isInstanceOfSatisfying(RemoteServiceException.class, e -> {
                    assertThat(e.remoteType()).isEqualTo("java.lang.IllegalStateException");
                    assertThat(e)
                            .hasMessageContaining("catalog/fail failed at node")
                            .hasMessageContaining("broken by test");
                    assertThat(e.correlationId()).isEqualTo("req-7");
                });
    }

    @Test
    void adviceToRetryFromInsideAMethodIsNotPassedOnAsSafe() {
        assertThatThrownBy(() -> catalog.fail("safe advice"))
                .isInstanceOfSatisfying(
                        RemoteServiceException.class,
                        e -> assertThat(e.retry()).isEqualTo(io.holdfast.core.Retry.IF_IDEMPOTENT));
    }

    @Test
    void theDeadlineInterruptsTheMethodAtTheService() {
        await().atMost(LIMIT)
                .until(
                        () -> { // on a starved machine a deadline may pass before the method begins
                            assertThatThrownBy(() -> catalog.slow("deadline"))
                                    .isInstanceOf(DeadlineExceededException.class);
                            return CatalogService.interrupted.contains("deadline");
                        });
    }

    @Test
    void cancellingTheStageCancelsTheOneThatTheMethodReturned() {
        CompletableFuture<String> answer = catalog.never("cancel").toCompletableFuture();
        await().atMost(LIMIT).until(() -> active() > 0);
        answer.cancel(true);
        await().atMost(LIMIT).until(() -> CatalogService.cancelled.contains("cancel"));
    }

    private static double active() {
        return nodes.stream()
                .mapToDouble(n -> n.telemetry()
                        .meters()
                        .get("holdfast.rpc.server.active")
                        .gauge()
                        .value())
                .sum();
    }

    @Test
    void aBlockingCallOnAnIoThreadIsRefusedInsteadOfStallingTheWire() throws Exception {
        io.holdfast.core.Deadline soon =
                io.holdfast.core.Deadline.after(System.nanoTime(), Duration.ofMillis(300)); // ends on the I/O thread
        CompletionStage<String> unanswered =
                CallContext.EMPTY.withDeadline(soon).call(() -> catalog.never("io-thread"));
        assertThatThrownBy(() -> unanswered
                        .handle((value, error) -> catalog.context())
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS))
                .rootCause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("catalog/context blocks");
    }

    @Test
    void aFallbackAnswersForACallThatFailed() {
        assertThat(catalog.recommend("eve")).containsExactly("popular", "eve");
    }

    @Test
    void theContextTravelsWithTheCall() throws Exception {
        Map<String, String> seen = CallContext.EMPTY.withCorrelationId("req-8").call(() -> catalog.context());
        assertThat(seen).containsEntry("id", "req-8").containsEntry("bounded", "true");
    }

    @Test
    void aClientOfOneNodeCallsThatNodeOnly() throws Exception {
        Catalog onlyB = nodes.get(0).client(Catalog.class, NodeId.of("b"));
        for (int i = 0; i < 10; i++) {
            assertThat(onlyB.find("x").servedBy()).isEqualTo("b");
        }
        assertThatThrownBy(() ->
                        nodes.get(0).client(Catalog.class, NodeId.of("nobody")).touch("x"))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("catalog has no ready instance on node nobody (3 known)");
    }

    @RemoteService("catalog")
    interface NewerCatalog {
        String added(String text);
    }

    @Test
    void aMethodThatNoInstanceHasIsNotSentAndTheRecorderSaysWhy() {
        NewerCatalog newer = nodes.get(0).client(NewerCatalog.class);
        assertThatThrownBy(() -> newer.added("x"))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("has 3 ready instances, and none has the method added(java.lang.String)")
                .hasMessageContaining("deploy the service before its callers");
        assertThat(nodes.get(0).telemetry().recorder().entries())
                .anySatisfy(e -> assertThat(e.decision()).contains("their contract lacks added(java.lang.String)"));
    }

    @RemoteService("shop")
    interface BadPolicies {
        @Retry(maxRetries = 2)
        String notIdempotent();

        @Fallback(method = "gone")
        String noFallback();

        @Timeout("3 bananas")
        String noDuration();
    }

    @Test
    void mistakesInAnnotationsFailWhenTheClientIsMade() {
        assertThatThrownBy(() -> nodes.get(0).client(BadPolicies.class))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContainingAll(
                        "notIdempotent", "@Idempotent", "noFallback", "gone", "noDuration", "3 bananas");
    }

    @Test
    void aServiceIsHostedOnceOnANode() {
        assertThatThrownBy(() -> nodes.get(0).host(new CatalogService("again")))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining("service catalog is hosted by node a already");
    }

    @Test
    void aTakenPortAndATypoFailTheStartWithTheFix() {
        assertThatThrownBy(() -> Holdfast.node("d")
                        .bind("127.0.0.1", nodes.get(0).address().port())
                        .start())
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining(Integer.toString(nodes.get(0).address().port()));
        assertThatThrownBy(
                        () -> Holdfast.node("d").set("holdfast.node.zoen", "a").start())
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("holdfast.node.zone");
        assertThatThrownBy(() -> Holdfast.node("d").bind("0.0.0.0", 0).start())
                .isInstanceOf(HoldfastException.class)
                .hasMessageContaining("insecure");
    }

    @Test
    void theAdminEndpointTellsHealthMetricsMembersServicesAndDecisions() throws Exception {
        catalog.touch("metrics");
        assertThat(get(nodes.get(0).admin(), "/health/live").body()).contains("\"status\":\"UP\"");
        assertThat(get(nodes.get(0).admin(), "/readyz").statusCode()).isEqualTo(200);
        assertThat(get(nodes.get(0).admin(), "/health/started").statusCode()).isEqualTo(200);
        assertThat(get(nodes.get(0).admin(), "/metrics").body())
                .contains("rpc_client_call_duration_seconds_count")
                .contains("rpc_method=\"catalog/touch\"")
                .contains("jvm_memory_used_bytes")
                .as("each metric of a catalogue says what it tells")
                .contains("# HELP holdfast_swim_decisions_total What")
                .doesNotContainPattern("(?m)^# HELP (holdfast|rpc|resilience4j)\\S* *$");
        assertThat(get(nodes.get(0).admin(), "/admin/members").body())
                .contains("\"self\":\"a\"", "\"id\":\"b\"", "\"id\":\"c\"", "ALIVE");
        assertThat(get(nodes.get(0).admin(), "/admin/services").body()).contains("\"name\":\"catalog\"");
        assertThat(get(nodes.get(0).admin(), "/admin/explain?area=nothing").body())
                .isEqualTo("{\"decisions\":[]}");
        assertThat(get(nodes.get(0).admin(), "/nothing").statusCode()).isEqualTo(404);
    }

    private static java.net.http.HttpResponse<String> get(URI base, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(base.resolve(path)).build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theGatewayCallsServicesInTheContextOfTheRequest() throws Exception {
        HoldfastNode node = nodes.get(1);
        Catalog client = node.client(Catalog.class);
        node.http(routes -> routes.get("/titles/{id}", request -> {
                    try {
                        return CompletableFuture.completedFuture(HttpResponse.text(
                                200,
                                client.find(request.pathParameter("id")).id()
                                        + client.context().get("id")));
                    } catch (NoSuchTitle e) {
                        return CompletableFuture.completedFuture(HttpResponse.text(404, e.id()));
                    }
                })
                .get("/broken", request -> {
                    throw new IllegalStateException("secret");
                }));
        var response = HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(node.gateway().resolve("/titles/tt9"))
                                .header("X-Correlation-Id", "mine")
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
        assertThat(response.body()).isEqualTo("tt9mine");
        assertThat(response.headers().firstValue("X-Correlation-Id")).hasValue("mine");
        assertThat(get(node.gateway(), "/titles/missing").statusCode()).isEqualTo(404);
        var broken = get(node.gateway(), "/broken");
        assertThat(broken.statusCode()).isEqualTo(500);
        assertThat(broken.body()).contains("urn:holdfast:problem:").doesNotContain("secret");
    }

    @Test
    void aGracefulLeaveUnderLoadLosesNoCallAndAKillLosesNoIdempotentOne() throws Exception {
        HoldfastNode leaver = join("leaver");
        HoldfastNode victim = join("victim");
        Catalog caller = nodes.get(0).client(Catalog.class);
        instances(nodes.get(0), "catalog", 5);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger calls = new AtomicInteger();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> load = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            load.add(CompletableFuture.runAsync(
                    () -> {
                        while (!stop.get()) {
                            try {
                                caller.find("load");
                                calls.incrementAndGet();
                            } catch (Exception e) {
                                failures.add(e);
                            }
                        }
                    },
                    task -> {
                        Thread thread = new Thread(task, "load");
                        thread.setDaemon(true);
                        thread.start();
                    }));
        }
        await().atMost(LIMIT).until(() -> calls.get() > 200);
        leaver.close();
        int afterLeave = calls.get();
        await().atMost(LIMIT).until(() -> calls.get() > afterLeave + 200);
        assertThat(failures).as("after a graceful leave").isEmpty();
        victim.abandon();
        int afterKill = calls.get();
        await().atMost(LIMIT).until(() -> calls.get() > afterKill + 200);
        stop.set(true);
        for (CompletableFuture<Void> one : load) {
            one.get(10, TimeUnit.SECONDS);
        }
        assertThat(failures).as("after a kill").isEmpty();
    }

    private static HoldfastNode join(String name) {
        HoldfastNode node = Holdfast.node(name)
                .seeds(nodes.get(0).address().toString())
                .start()
                .awaitReady(LIMIT);
        node.host(new CatalogService(name));
        return node;
    }
}
