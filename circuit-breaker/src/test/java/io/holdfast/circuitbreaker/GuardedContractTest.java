package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.call.Idempotent;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GuardedContractTest {
    static class NoSuchTitle extends Exception {
        private static final long serialVersionUID = 1L;
    }

    @CircuitBreaker(policy = "titles")
    interface Catalog {
        @Idempotent
        @Retry(maxRetries = 1)
        @Timeout("300ms")
        @Fallback(method = "popular")
        List<String> search(String words) throws NoSuchTitle;

        default List<String> popular(String words, Throwable error) {
            return List.of("instead of " + words + ": " + error.getMessage());
        }

        @Idempotent
        @Fallback(method = "none")
        CompletionStage<Integer> count();

        default CompletionStage<Integer> none() {
            return CompletableFuture.completedFuture(0);
        }

        void rate(String title);
    }

    interface Wrong {
        @Retry
        void pay();

        @Timeout("soon")
        void wait(String where);

        @Fallback(method = "missing")
        String find(int id);

        @Fallback(method = "number")
        String name(int id);

        default int number(int id) {
            return id;
        }

        @Fallback(method = "also")
        String open();

        String also();

        @CircuitBreaker(policy = "a")
        @Bulkhead(policy = "b")
        void both();

        @RateLimit
        void limited();
    }

    interface Shelf<T> {
        @Fallback(method = "none")
        List<T> all();

        default List<T> none() {
            return List.of();
        }
    }

    interface FittingFallbacks extends Shelf<String> {
        @Fallback(method = "linked")
        List<String> names();

        default ArrayList<String> linked() {
            return new ArrayList<>();
        }

        @Fallback(method = "done")
        CompletionStage<List<String>> later();

        default CompletableFuture<List<String>> done() {
            return CompletableFuture.completedFuture(none());
        }

        @Fallback(method = "few")
        Map<String, ? extends Number> counts();

        default Map<String, Integer> few() {
            return Map.of();
        }

        @Fallback(method = "none")
        Collection<?> anything();

        @Fallback(method = "same")
        <E extends Comparable<E>> List<E> sorted();

        default <E extends Comparable<E>> List<E> same() {
            return List.of();
        }

        @Fallback(method = "array")
        List<String>[] rows();

        default List<String>[] array() {
            return null;
        }

        @Override
        @Fallback(method = "none")
        List<String> all();
    }

    interface MisfitFallbacks extends Shelf<Integer> {
        @Fallback(method = "none")
        List<String> find();

        @Fallback(method = "laterNumbers")
        CompletionStage<List<String>> later();

        default CompletableFuture<List<Integer>> laterNumbers() {
            return CompletableFuture.completedFuture(none());
        }

        @Fallback(method = "raw")
        Map<String, String> map();

        @SuppressWarnings("rawtypes")
        default Map raw() {
            return Map.of();
        }

        @Fallback(method = "texts")
        List<? extends Number> numbers();

        default List<String> texts() {
            return List.of();
        }
    }

    private final ManualEnvironment environment = new ManualEnvironment().leaping();
    private final Policies policies = Policies.of(
            environment,
            new SimpleMeterRegistry(),
            new FlightRecorder(environment.wallClock(), 100),
            new PoliciesConfig(Map.of("titles", PolicyConfig.NONE)));

    private Catalog catalog(Callable<Object> attempt) {
        GuardedContract contract = GuardedContract.of(Catalog.class, "catalog", policies);
        InvocationHandler handler =
                (proxy, method, arguments) -> contract.method(method).invoke(proxy, arguments, attempt);
        return (Catalog)
                Proxy.newProxyInstance(Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class}, handler);
    }

    // the retry of a search waits for a timer, which this environment leaps to; its timeout must not be leapt to
    private static final PolicyConfig LONG_TIMEOUT = PolicyConfig.NONE.withTimeout(Duration.ofMinutes(1));

    @Test
    void annotationsSayWhatThePipelineIs() throws Exception {
        GuardedContract contract = GuardedContract.of(Catalog.class, "catalog", policies);

        assertThat(contract.method(Catalog.class.getMethod("search", String.class))
                        .describe())
                .isEqualTo(
                        "fallback > retry(1, 50ms to 1s, budget 10.0%) > circuit-breaker(50.0% of 20 calls, closed) > "
                                + "timeout(300ms) > call");
        assertThat(contract.method(Catalog.class.getMethod("rate", String.class))
                        .describe())
                .isEqualTo("circuit-breaker(50.0% of 20 calls, closed) > call");
    }

    @Test
    void theFallbackTakesTheArgumentsAndTheError() throws Exception {
        policies.update("titles", LONG_TIMEOUT);
        AtomicInteger attempts = new AtomicInteger();
        Catalog catalog = catalog(() -> {
            attempts.incrementAndGet();
            throw new IOException("down");
        });

        assertThat(catalog.search("solaris")).containsExactly("instead of solaris: down");
        assertThat(attempts).hasValue(2);
    }

    @Test
    void aDeclaredExceptionIsAnAnswer() {
        policies.update("titles", LONG_TIMEOUT);
        AtomicInteger attempts = new AtomicInteger();
        Catalog catalog = catalog(() -> {
            attempts.incrementAndGet();
            throw new NoSuchTitle();
        });

        assertThatThrownBy(() -> catalog.search("solaris")).isInstanceOf(NoSuchTitle.class);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void aMethodThatReturnsAStageIsGuardedUntilTheStageEnds() {
        CompletableFuture<Integer> stage = new CompletableFuture<>();
        CompletionStage<Integer> result = catalog(() -> stage).count();
        stage.completeExceptionally(new IOException("down"));

        assertThat(result.toCompletableFuture()).isCompletedWithValue(0);
    }

    @Test
    void aFallbackFitsWhenItsWholeReturnTypeDoes() {
        assertThatCode(() -> GuardedContract.of(FittingFallbacks.class, "fitting", policies))
                .doesNotThrowAnyException();
    }

    @Test
    void aFallbackWhoseTypeArgumentsDoNotFitIsRefusedWithItsPlaceAndFix() {
        assertThatThrownBy(() -> GuardedContract.of(MisfitFallbacks.class, "misfit", policies))
                .isInstanceOf(InvalidContractException.class)
                .hasMessage("""
                        io.holdfast.circuitbreaker.GuardedContractTest$MisfitFallbacks cannot be guarded:
                          MisfitFallbacks.find names the fallback none, which returns List<Integer>; let it return List<String>
                          MisfitFallbacks.later names the fallback laterNumbers, which returns CompletableFuture<List<Integer>>; let it return CompletionStage<List<String>>
                          MisfitFallbacks.map names the fallback raw, which returns Map; let it return Map<String, String>
                          MisfitFallbacks.numbers names the fallback texts, which returns List<String>; let it return List<? extends Number>""");
    }

    @Test
    void everyMistakeIsReportedAtOnceWithItsPlaceAndFix() {
        assertThatThrownBy(() -> GuardedContract.of(Wrong.class, "wrong", policies))
                .isInstanceOf(InvalidContractException.class)
                .hasMessage("""
                        io.holdfast.circuitbreaker.GuardedContractTest$Wrong cannot be guarded:
                          @Timeout("soon") of Wrong.wait must be a duration such as 300ms, 5s, 1m30s or PT5S
                          Wrong.both names several policies (a, b); name one in all annotations
                          Wrong.find names the fallback missing, but Wrong has no such method that fits; declare default String missing(int)
                          Wrong.name names the fallback number, which returns int; let it return String
                          Wrong.open names the fallback also, which is abstract, so that nobody could answer; give it a body (default)
                          Wrong.pay has @Retry but is not idempotent: a second attempt may repeat the effect of the first; add @Idempotent if it may be repeated, else remove @Retry
                          policy wrong has no rate limit, but code asks for one; set holdfast.policies.wrong.rate-limit.limit""");
    }
}
