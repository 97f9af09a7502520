package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.core.ServiceName;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.TraceContext;
import io.holdfast.service.RemoteService;
import io.holdfast.service.RemoteServiceException;
import io.holdfast.transport.http.HttpResponse;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes with the OpenTelemetry SDK: the gateway and the caller on one, the service on the other. */
class TracingTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final AttributeKey<String> STATUS = AttributeKey.stringKey("rpc.response.status_code");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    @RemoteService("traced")
    public interface Traced {
        String work(String how);

        Map<String, String> baggage();

        CompletionStage<String> later(String how);
    }

    static final class TracedService implements Traced {
        @Override
        public String work(String how) {
            if (how.equals("fail")) {
                throw new IllegalStateException("password 1234");
            }
            return Span.current().getSpanContext().getSpanId();
        }

        @Override
        public Map<String, String> baggage() {
            return CallContext.current().baggage();
        }

        @Override
        public CompletionStage<String> later(String how) {
            return CompletableFuture.completedFuture(work(how));
        }
    }

    private static final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private static SdkTracerProvider provider;
    private static OpenTelemetrySdk sdk;
    private static HoldfastNode caller;
    private static HoldfastNode server;
    private static Traced traced;

    @BeforeAll
    static void startTwo() {
        provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build();
        sdk = OpenTelemetrySdk.builder().setTracerProvider(provider).build();
        caller = Holdfast.node("caller").openTelemetry(sdk).start().awaitReady(LIMIT);
        server = Holdfast.node("server")
                .openTelemetry(sdk)
                .seeds(caller.address().toString())
                .start()
                .awaitReady(LIMIT);
        server.host(new TracedService());
        caller.services()
                .awaitInstances(ServiceName.of("traced"), 1, LIMIT)
                .toCompletableFuture()
                .join();
        traced = caller.client(Traced.class);
        caller.http(routes -> routes.get(
                        "/twice/{how}",
                        request -> CompletableFuture.completedFuture(HttpResponse.text(
                                200,
                                traced.work(request.pathParameter("how")) + traced.work(request.pathParameter("how")))))
                .get(
                        "/baggage",
                        request -> CompletableFuture.completedFuture(
                                HttpResponse.text(200, new TreeMap<>(traced.baggage()).toString())))
                .get(
                        "/context",
                        request -> CompletableFuture.completedFuture(
                                HttpResponse.text(200, CallContext.current().correlationId()))));
    }

    @AfterAll
    static void closeBoth() {
        server.close();
        caller.close();
        provider.close();
    }

    @BeforeEach
    void forget() {
        exporter.reset();
    }

    /** A span ends after its caller has the answer, so the last may come late. */
    private static List<SpanData> spans(int count) {
        await().atMost(LIMIT).until(() -> exporter.getFinishedSpanItems().size() >= count);
        assertThat(exporter.getFinishedSpanItems()).hasSize(count);
        return exporter.getFinishedSpanItems();
    }

    private static SpanData only(List<SpanData> spans, SpanKind kind, String name) {
        return spans.stream()
                .filter(span -> span.getKind() == kind && span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static java.net.http.HttpResponse<String> get(String path, String... headers) throws Exception {
        URI base = caller.gateway();
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void theServersSpanIsAChildOfTheClientsAcrossTheWire() {
        String seen = traced.work("well");
        List<SpanData> spans = spans(2);
        SpanData client = only(spans, SpanKind.CLIENT, "traced/work");
        SpanData served = only(spans, SpanKind.SERVER, "traced/work");
        assertThat(client.getParentSpanContext().isValid()).isFalse();
        assertThat(served.getParentSpanId()).isEqualTo(client.getSpanId());
        assertThat(served.getTraceId()).isEqualTo(client.getTraceId());
        assertThat(served.getParentSpanContext().isRemote()).isTrue();
        assertThat(seen).as("the current span inside the method").isEqualTo(served.getSpanId());
        assertThat(client.getAttributes().get(STATUS)).isEqualTo("OK");
        assertThat(client.getAttributes().get(AttributeKey.longKey("server.port")))
                .isEqualTo(server.address().port());
    }

    @Test
    void aStageIsTracedAsACallIs() {
        traced.later("well").toCompletableFuture().join();
        List<SpanData> spans = spans(2);
        assertThat(only(spans, SpanKind.SERVER, "traced/later").getParentSpanId())
                .isEqualTo(only(spans, SpanKind.CLIENT, "traced/later").getSpanId());
    }

    @Test
    void aFailureIsTheStatusOfBothSpansAndItsMessageIsInNeither() {
        assertThatThrownBy(() -> traced.work("fail")).isInstanceOf(RemoteServiceException.class);
        assertThat(spans(2)).allSatisfy(span -> {
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(span.getAttributes().get(ERROR)).isEqualTo("internal");
            assertThat(span.toString()).doesNotContain("1234");
        });
    }

    @Test
    void theApplicationsOwnSpanIsTheParent() {
        Span own = provider.get("app").spanBuilder("own").startSpan();
        try (var scope = own.makeCurrent()) {
            assertThat(scope).isNotNull();
            traced.work("well");
        }
        own.end();
        assertThat(only(spans(3), SpanKind.CLIENT, "traced/work").getParentSpanId())
                .isEqualTo(own.getSpanContext().getSpanId());
    }

    @Test
    void theGatewayContinuesTheTraceOfTheRequest() throws Exception {
        var response = get("/twice/well", "traceparent", "00-" + TRACE + "-" + PARENT + "-01", "tracestate", "x=1,y=2");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("X-Correlation-Id")).hasValue(TRACE);
        List<SpanData> spans = spans(5);
        SpanData gateway = only(spans, SpanKind.SERVER, "GET /twice/{how}");
        assertThat(gateway.getParentSpanId()).isEqualTo(PARENT);
        assertThat(gateway.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
                .isEqualTo(200);
        assertThat(spans).allSatisfy(span -> {
            assertThat(span.getTraceId()).isEqualTo(TRACE);
            assertThat(span.getSpanContext().getTraceState().asMap())
                    .containsEntry("x", "1")
                    .containsEntry("y", "2");
        });
        assertThat(spans.stream().filter(span -> span.getKind() == SpanKind.CLIENT))
                .hasSize(2)
                .allSatisfy(span -> assertThat(span.getParentSpanId()).isEqualTo(gateway.getSpanId()));
    }

    @Test
    void aRequestWithoutATraceOrWithAMalformedOneBeginsANewOneThatItsCallsShare() throws Exception {
        for (String header : List.of(
                "00-" + TRACE + "-" + PARENT + "-01-more",
                "ff-" + TRACE + "-" + PARENT + "-01",
                "00-" + "0".repeat(32) + "-" + PARENT + "-01",
                "nonsense")) {
            exporter.reset();
            String id = get("/twice/well", "traceparent", header)
                    .headers()
                    .firstValue("X-Correlation-Id")
                    .orElseThrow();
            List<SpanData> spans = spans(5);
            assertThat(spans.stream().map(SpanData::getTraceId).distinct())
                    .containsExactly(id)
                    .doesNotContain(TRACE);
        }
        exporter.reset();
        assertThat(get("/context").body()).isEqualTo(spans(1).get(0).getTraceId());
    }

    @Test
    void aFailureOfAServiceIsToldAtTheGatewayWithoutWhatItSaid() throws Exception {
        var response = get("/twice/fail", "X-Correlation-Id", "mine");
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).contains("correlation id mine").doesNotContain("1234");
        assertThat(only(spans(3), SpanKind.SERVER, "GET /twice/{how}")
                        .getStatus()
                        .getStatusCode())
                .isEqualTo(StatusCode.ERROR);
    }

    @Test
    void theBaggageOfTheRequestReachesTheServiceAndTooMuchOfItIsDroppedNotRefused() throws Exception {
        assertThat(get("/baggage", "baggage", "tenant=a%20b;p=1", "baggage", "tier=gold")
                        .body())
                .isEqualTo("{tenant=a b, tier=gold}");
        String tooMany = IntStream.range(0, 65).mapToObj(i -> "k" + i + "=v").collect(Collectors.joining(","));
        var response = get("/baggage", "baggage", tooMany);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{}");
    }

    @Test
    void theSpanOfAHandlerThatNeverAnswersEndsAtTheHandlersTimeout() throws Exception {
        try (HoldfastNode hasty = Holdfast.node("hasty")
                .set("holdfast.gateway.timeout", "100ms")
                .openTelemetry(sdk)
                .start()
                .awaitReady(LIMIT)) {
            hasty.http(routes -> routes.get("/never", request -> new CompletableFuture<>()));
            HttpRequest request =
                    HttpRequest.newBuilder(hasty.gateway().resolve("/never")).build();
            assertThat(HttpClient.newHttpClient()
                            .send(request, BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(503);
            SpanData span = spans(1).get(0);
            assertThat(span.getName()).isEqualTo("GET /never");
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(span.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
                    .isEqualTo(503);
        }
    }

    @Test
    void aTraceIsSampledOrNotAsTheCallerDecided() throws Exception {
        CallContext.EMPTY.withTrace(new TraceContext(TRACE, PARENT, 0, "")).call(() -> traced.work("well"));
        traced.work("well");
        assertThat(spans(2))
                .as("the first two were not sampled")
                .allSatisfy(span -> assertThat(span.getTraceId()).isNotEqualTo(TRACE));
    }
}
