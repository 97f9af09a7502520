package io.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.overload.BrownOut;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Criticality;
import io.holdfast.service.NonBlocking;
import io.holdfast.service.RemoteService;
import io.holdfast.transport.http.HttpResponse;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that may run two calls at once, and what it does with the third. */
class AdmissionNodesTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** The contract. */
    @RemoteService("desk")
    public interface Desk {
        CompletionStage<String> sit();

        CompletionStage<String> stand();
    }

    private static final class Seats implements Desk {
        final CompletableFuture<String> free = new CompletableFuture<>();

        @Override
        public CompletionStage<String> sit() {
            return free;
        }

        @Override
        @NonBlocking
        public CompletionStage<String> stand() {
            return free;
        }
    }

    private final Seats seats = new Seats();
    private HoldfastNode node;
    private Desk desk;

    @BeforeEach
    void start() {
        node = Holdfast.node("one")
                .set("holdfast.server.admission.adaptive-limit.initial-limit", "2")
                .set("holdfast.server.admission.adaptive-limit.min-limit", "2")
                .set("holdfast.server.admission.adaptive-limit.max-limit", "2")
                .start()
                .awaitReady(LIMIT);
        node.host(seats);
        desk = node.client(Desk.class);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static CompletableFuture<String> as(Criticality criticality, Desk desk, boolean blocking) throws Exception {
        return CallContext.EMPTY
                .withCriticality(criticality)
                .call(() -> (blocking ? desk.sit() : desk.stand()).toCompletableFuture());
    }

    private double running() {
        return node.telemetry().meters().get("holdfast.overload.inflight").tag("name", "server").gauges().stream()
                .mapToDouble(gauge -> gauge.value())
                .sum();
    }

    private void awaitRunning(int calls) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (running() != calls && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(running()).isEqualTo(calls);
    }

    private void beyondTheLimit(boolean blocking) throws Exception {
        CompletableFuture<String> first = as(Criticality.CRITICAL, desk, blocking);
        CompletableFuture<String> second = as(Criticality.CRITICAL, desk, blocking);
        awaitRunning(2);
        assertThatThrownBy(as(Criticality.SHEDDABLE, desk, blocking)::join)
                .hasCauseInstanceOf(OverloadedException.class)
                .hasMessageContaining("a SHEDDABLE call was refused before it began: 2 calls run and 2 may, as learnt");
        CompletableFuture<String> important = as(Criticality.CRITICAL_PLUS, desk, blocking);
        awaitRunning(3);
        seats.free.complete("sits");
        assertThat(first).succeedsWithin(LIMIT);
        assertThat(second).succeedsWithin(LIMIT);
        assertThat(important).succeedsWithin(LIMIT);
        awaitRunning(0);
        assertThat(as(Criticality.SHEDDABLE, desk, blocking)).succeedsWithin(LIMIT);
        assertThat(node.brownOut().level()).isIn(BrownOut.Level.NONE, BrownOut.Level.LIGHT);
    }

    @Test
    void beyondTheLimitOnlyTheHighestClassIsServed() throws Exception {
        beyondTheLimit(true);
    }

    @Test
    void methodsThatDoNotBlockAreUnderTheLimitToo() throws Exception {
        beyondTheLimit(false);
    }

    @Test
    void aCallThatItsCallerGivesUpFreesItsPlace() throws Exception {
        CompletableFuture<String> first = as(Criticality.CRITICAL, desk, true);
        awaitRunning(1);
        first.cancel(true);
        awaitRunning(0);
    }

    @Test
    void theGatewayTakesTheCriticalityOfARequestUpToItsBound() throws Exception {
        node.http(routes -> routes.get(
                "/class",
                request -> CompletableFuture.completedFuture(HttpResponse.text(
                        200, CallContext.current().criticality().name()))));
        assertThat(criticalityOf("sheddable")).isEqualTo("SHEDDABLE");
        assertThat(criticalityOf("Sheddable-Plus")).isEqualTo("SHEDDABLE_PLUS");
        assertThat(criticalityOf("critical-plus")).isEqualTo("CRITICAL");
        assertThat(criticalityOf("very important")).isEqualTo("CRITICAL");
    }

    private String criticalityOf(String header) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(node.gateway().resolve("/class"))
                                .header("X-Criticality", header)
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
