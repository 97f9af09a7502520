package io.holdfast;

import static io.holdfast.CatalogNodes.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.CatalogNodes.Catalog;
import io.holdfast.CatalogNodes.CatalogService;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.call.CallContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls that end before their answer: deadlines, cancelled ones, and threads that must not wait. */
class CallEndsTest {
    private static CatalogNodes nodes;
    private static Catalog catalog;

    @BeforeAll
    static void startThree() {
        nodes = CatalogNodes.start();
        catalog = nodes.client();
    }

    @AfterAll
    static void closeAll() {
        nodes.close();
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
        return nodes.all().stream()
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
        return nodes.all().stream()
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
        nodes.environment().threads().start("holdfast-io-of-somebody-else", () -> {
            try {
                answer.complete(catalog.context());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        assertThat(answer.get(10, TimeUnit.SECONDS)).containsKey("id");
    }
}
