package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.circuitbreaker.Fallback;
import io.holdfast.circuitbreaker.Retry;
import io.holdfast.circuitbreaker.Timeout;
import io.holdfast.core.CodecException;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Idempotent;
import io.holdfast.core.env.Environment;
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
import java.util.concurrent.ExecutorService;
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

    /** Its accessor throws what its component names. */
    record Torn(String how) {
        @Override
        public String how() {
            if (how.equals("error")) {
                throw new AssertionError("torn by an error");
            } else if (how.equals("exception")) {
                throw new IllegalStateException("torn by an exception");
            }
            return how;
        }
    }

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

        /** Its answer cannot be encoded. */
        Torn torn(String how);

        CompletionStage<Torn> tornLater(String how);

        void take(Torn torn);

        default List<String> popular(String user) {
            return List.of("popular", user);
        }
    }

    static final class CatalogService implements Catalog {
        static final Set<String> interrupted = ConcurrentHashMap.newKeySet();
        static final Set<String> cancelled = ConcurrentHashMap.newKeySet();
        static final AtomicInteger touched = new AtomicInteger();
        static ExecutorService pool;
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
            if (how.equals("error")) {
                throw new StackOverflowError("too deep");
            }
            throw new IllegalStateException("broken by " + how);
        }

        @Override
        public Torn torn(String how) {
            return new Torn(how);
        }

        @Override
        public void take(Torn torn) {
            touched.incrementAndGet();
        }

        @Override
        public CompletionStage<Torn> tornLater(String how) {
            CompletableFuture<Torn> later = new CompletableFuture<>();
            pool.execute(() -> later.complete(new Torn(how))); // then nobody on this thread could still answer
            return later;
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

    private static final Environment environment = Environment.system();
    private static final List<HoldfastNode> nodes = new ArrayList<>();
    private static Catalog catalog;

    @BeforeAll
    static void startThree() {
        CatalogService.pool = environment.threads().handlers("catalog-later", 4);
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
        CatalogService.pool.shutdown();
        environment.close();
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
    void anErrorInAServiceIsAnsweredAsAnyOtherFailure() {
        assertThatThrownBy(() -> catalog.fail("error"))
                .isInstanceOf(RemoteServiceException.class)
                .hasMessageContaining("too deep")
                .satisfies(e -> assertThat(((RemoteServiceException) e).remoteType())
                        .isEqualTo("java.lang.StackOverflowError"));
        assertThat(catalog.context()).as("the connection lives on").containsKey("id");
    }

    @Test
    void anAnswerWhoseAccessorThrowsFailsItsCallAtOnce() {
        for (String how : List.of("exception", "error")) {
            assertThatThrownBy(() -> catalog.torn(how))
                    .isInstanceOf(HoldfastException.class)
                    .isNotInstanceOf(DeadlineExceededException.class)
                    .hasMessageContaining("torn by an " + how);
            assertThatThrownBy(
                            () -> catalog.tornLater(how).toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(HoldfastException.class)
                    .isNotInstanceOf(DeadlineExceededException.class)
                    .hasMessageContaining("torn by an " + how);
        }
        int before = CatalogService.touched.get();
        assertThatThrownBy(() -> catalog.take(new Torn("exception")))
                .as("an argument fails at the caller and is never sent")
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("torn by an exception");
        assertThat(CatalogService.touched).hasValue(before);
        assertThat(catalog.torn("not")).isEqualTo(new Torn("not"));
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
    void aCallThatItsDeadlineEndedIsCountedAsThatAndNotAsCancelled() throws Exception {
        double before = served("catalog/slow", "DEADLINE_EXCEEDED");
        assertThatThrownBy(() -> catalog.slow("counted")).isInstanceOf(DeadlineExceededException.class);
        await().atMost(LIMIT).until(() -> served("catalog/slow", "DEADLINE_EXCEEDED") > before);

        double beforeStage = served("catalog/never", "DEADLINE_EXCEEDED");
        io.holdfast.core.Deadline soon = io.holdfast.core.Deadline.after(System.nanoTime(), Duration.ofMillis(300));
        CompletionStage<String> unanswered =
                CallContext.EMPTY.withDeadline(soon).call(() -> catalog.never("counted"));
        assertThatThrownBy(() -> unanswered.toCompletableFuture().get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(DeadlineExceededException.class);
        await().atMost(LIMIT).until(() -> served("catalog/never", "DEADLINE_EXCEEDED") > beforeStage);
        assertThat(served("catalog/slow", "CANCELLED") + served("catalog/slow", "OK"))
                .isZero();
    }

    /** How many calls of a method the three nodes have counted with a status. */
    private static double served(String method, String status) {
        return nodes.stream()
                .flatMap(n -> n
                        .telemetry()
                        .meters()
                        .find("rpc.server.call.duration")
                        .tag("rpc.method", method)
                        .tag("rpc.response.status_code", status)
                        .timers()
                        .stream())
                .mapToDouble(io.micrometer.core.instrument.Timer::count)
                .sum();
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
    void aThreadIsAnIoThreadByItsKindAndNotByItsName() throws Exception {
        CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();
        environment.threads().start("holdfast-io-of-somebody-else", () -> {
            try {
                answer.complete(catalog.context());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        assertThat(answer.get(10, TimeUnit.SECONDS)).containsKey("id");
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

    @RemoteService("twin")
    interface Twin {
        String one();
    }

    @RemoteService("twin")
    interface OtherTwin {
        String two();
    }

    static final class BothTwins implements Twin, OtherTwin {
        @Override
        public String one() {
            return "one";
        }

        @Override
        public String two() {
            return "two";
        }
    }

    @Test
    void twoContractsOfOneNameAreRefusedOnOneNodeAndNeitherIsHosted() {
        assertThatThrownBy(() -> nodes.get(0).host(new BothTwins()))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContainingAll("service twin is hosted by node a already", "another name in @RemoteService");
        nodes.get(0).host((Twin) () -> "one");
        assertThatThrownBy(() -> nodes.get(0).host((OtherTwin) () -> "two"))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining("another name in @RemoteService");
        assertThat(nodes.get(0).client(Twin.class).one()).isEqualTo("one");
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
        return send(base, "GET", path);
    }

    private static java.net.http.HttpResponse<String> send(URI base, String method, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(base.resolve(path))
                                .method(method, java.net.http.HttpRequest.BodyPublishers.noBody())
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theAdminEndpointAnswersHeadAsGetWithoutABodyAndRefusesWhatWouldChangeAnything() throws Exception {
        for (String path : List.of("/health/live", "/metrics", "/admin/members", "/admin/services", "/admin/explain")) {
            var head = send(nodes.get(0).admin(), "HEAD", path);
            assertThat(head.statusCode()).as(path).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(head.headers().firstValueAsLong("Content-Length").orElseThrow())
                    .isPositive();
            for (String method : List.of("POST", "PUT", "DELETE")) {
                var refused = send(nodes.get(0).admin(), method, path);
                assertThat(refused.statusCode()).as(method + " " + path).isEqualTo(405);
                assertThat(refused.headers().firstValue("Allow")).hasValue("GET, HEAD");
                assertThat(refused.body()).contains("urn:holdfast:problem:method-not-allowed");
            }
        }
    }

    @Test
    void explainIsFilteredByAreaAndSubjectAndWhatIsRecordedIsEscaped() throws Exception {
        var recorder = nodes.get(0).telemetry().recorder();
        recorder.record("test-area", "one", "says \"no\" \\ at C:\\\n\u0001</script>");
        recorder.record("test-area", "two", "second");
        recorder.record("other-area", "one", "third");
        URI admin = nodes.get(0).admin();

        String area = get(admin, "/admin/explain?area=test-area").body();
        assertThat(area).contains("\"second\"").doesNotContain("third");
        assertThat(area).contains("says \\\"no\\\" \\\\ at C:\\\\\\n\\u0001");
        assertThat(get(admin, "/admin/explain?area=test-area&subject=two").body())
                .contains("second")
                .doesNotContain("says");
        assertThat(get(admin, "/admin/explain?subject=one").body())
                .contains("says", "third")
                .doesNotContain("second");
        assertThat(get(admin, "/admin/explain").body()).contains("says", "second", "third");
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
    void aGatewayTimeoutLongerThanAnyDefaultIsTheDeadlineOfItsRequests() throws Exception {
        try (HoldfastNode patient = Holdfast.node("patient")
                .set("holdfast.gateway.timeout", "2m")
                .start()
                .awaitReady(LIMIT)) {
            patient.http(routes -> routes.get(
                    "/left",
                    request -> CompletableFuture.completedFuture(HttpResponse.text(
                            200,
                            Long.toString(TimeUnit.NANOSECONDS.toSeconds(
                                    CallContext.current().deadline().nanos() - System.nanoTime()))))));
            long left = Long.parseLong(get(patient.gateway(), "/left").body());
            assertThat(left).as("seconds").isBetween(61L, 120L);
        }
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
