package io.holdfast.core.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.holdfast.core.env.Environment;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallContextTest {
    private static final CallContext ONE = CallContext.EMPTY.withCorrelationId("one");
    private static final CallContext TWO = CallContext.EMPTY.withCorrelationId("two");

    private final Environment environment = Environment.system();

    /** Virtual threads on 21 and later, platform threads before. */
    private final ExecutorService handlers = environment.threads().handlers("handler", 8);

    @AfterEach
    void close() {
        handlers.shutdownNow();
        environment.close();
    }

    private static String current() {
        return CallContext.current().correlationId();
    }

    @Test
    void outsideAnyCallTheContextIsEmpty() {
        assertThat(CallContext.current()).isSameAs(CallContext.EMPTY);
        assertThat(CallContext.EMPTY.deadline().isNone()).isTrue();
        assertThat(CallContext.EMPTY.retryBudget()).isEqualTo(CallContext.UNLIMITED_RETRIES);
    }

    @Test
    void scopesNestAndRestoreEvenWhenATaskThrows() {
        ONE.run(() -> {
            assertThat(current()).isEqualTo("one");
            try {
                TWO.run(() -> {
                    assertThat(current()).isEqualTo("two");
                    throw new IllegalStateException("a task that fails on purpose");
                });
            } catch (IllegalStateException expected) {
                assertThat(expected).hasMessageContaining("on purpose");
            }
            assertThat(current()).isEqualTo("one");
        });
        assertThat(CallContext.current()).isSameAs(CallContext.EMPTY);
    }

    @Test
    void aWrappedTaskTakesTheContextToAnotherThreadAndLeavesNothingThere() throws Exception {
        Future<String> seen = handlers.submit(ONE.wrap(CallContextTest::current));
        assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("one");
        ExecutorService serial = environment.threads().serial("serial", 10);
        serial.submit(ONE.wrap(() -> {})).get(10, TimeUnit.SECONDS);
        assertThat(serial.submit(CallContextTest::current).get(10, TimeUnit.SECONDS))
                .isEmpty();
        serial.shutdown();
    }

    @Test
    void aWrappedExecutorTakesTheContextOfWhoHandsTheTaskOver() throws Exception {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        var executor = CallContext.wrap(handlers);
        ONE.run(() -> executor.execute(() -> first.complete(current())));
        TWO.run(() -> executor.execute(() -> second.complete(current())));
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("two");
    }

    @Test
    void theDependantsOfACarriedStageRunInTheContext() throws Exception {
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<String> seen = ONE.carry(source, handlers)
                .thenApply(value -> value + " in " + current())
                .toCompletableFuture();
        CompletableFuture<String> failed =
                ONE.carry(new CompletableFuture<String>(), handlers).toCompletableFuture();
        source.complete("done");
        assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("done in one");
        assertThat(failed).isNotDone();
        CompletableFuture<String> broken = new CompletableFuture<>();
        CompletableFuture<String> handled = ONE.carry(broken, handlers)
                .exceptionally(error -> error.getMessage() + " in " + current())
                .toCompletableFuture();
        broken.completeExceptionally(new IllegalStateException("broken"));
        assertThat(handled.get(10, TimeUnit.SECONDS)).isEqualTo("broken in one");
    }

    @Test
    void valuesBeyondTheirBoundsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ONE.withCorrelationId("a b"))
                .withMessageContaining("printable ASCII");
        assertThatIllegalArgumentException().isThrownBy(() -> ONE.withCorrelationId("a".repeat(129)));
        assertThatIllegalArgumentException().isThrownBy(() -> ONE.withRetryBudget(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> ONE.withFencingToken(-1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ONE.withBaggage(Map.of("key", "v".repeat(9_000))))
                .withMessageContaining("8192");
    }
}
