package io.holdfast.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.circuitbreaker.config.CacheConfig;
import io.holdfast.circuitbreaker.config.CoalesceConfig;
import io.holdfast.circuitbreaker.config.PoliciesConfig;
import io.holdfast.circuitbreaker.config.PolicyConfig;
import io.holdfast.core.AccessDeniedException;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.Retry;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Idempotent;
import io.holdfast.core.call.RetryLedger;
import io.holdfast.core.env.Environment;
import io.holdfast.core.security.Principal;
import io.holdfast.core.telemetry.FlightRecorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeyedCallsTest {
    private static final CacheConfig MINUTE = CacheConfig.of(Duration.ofMinutes(1));
    private static final PolicyConfig COALESCING = PolicyConfig.NONE.withCoalesce(CoalesceConfig.DEFAULT);

    private final ManualEnvironment environment = new ManualEnvironment();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicInteger made = new AtomicInteger();
    private final Callable<Integer> counting = made::incrementAndGet;

    private Policies policies(Environment world, PolicyConfig catalog) {
        return Policies.of(
                world,
                meters,
                new FlightRecorder(world.wallClock(), 100),
                new PoliciesConfig(Map.of("catalog", catalog)));
    }

    private Pipeline pipeline(PolicyConfig catalog) {
        return policies(environment, catalog).pipeline("catalog").idempotent().build();
    }

    private double requests(String result) {
        return meters.get("holdfast.policy.cache.requests")
                .tag("result", result)
                .functionCounter()
                .count();
    }

    @Test
    void aFreshResultAnswersInPlaceOfACall() throws Exception {
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withCache(MINUTE));

        assertThat(pipeline.call("a", counting)).isEqualTo(1);
        environment.advance(Duration.ofSeconds(59));
        assertThat(pipeline.call("a", counting)).isEqualTo(1);
        assertThat(pipeline.call("b", counting)).isEqualTo(2);
        environment.advance(Duration.ofSeconds(2));
        assertThat(pipeline.call("a", counting)).isEqualTo(3);
        assertThat(requests("fresh")).isEqualTo(1);
        assertThat(requests("miss")).isEqualTo(3);
    }

    @Test
    void aFailureIsNotKept() throws Exception {
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withCache(MINUTE));
        assertThatThrownBy(() -> pipeline.call("a", () -> {
                    throw new IOException("down");
                }))
                .isInstanceOf(IOException.class);

        assertThat(pipeline.call("a", counting)).isEqualTo(1);
    }

    @Test
    void aResultThatCountsAsAFailureIsNotKept() throws Exception {
        Pipeline pipeline = failingOn503(PolicyConfig.NONE.withCache(MINUTE));

        assertThat(pipeline.call("a", () -> 503)).isEqualTo(503);
        assertThat(pipeline.callAsync("a", () -> CompletableFuture.completedFuture(503)))
                .isCompletedWithValue(503);
        assertThat(pipeline.call("a", counting)).isEqualTo(1);
        assertThat(pipeline.call("a", () -> 503)).isEqualTo(1);
    }

    private Pipeline failingOn503(PolicyConfig numbers) {
        return policies(environment, numbers)
                .pipeline("catalog")
                .idempotent()
                .failsOn(result -> result.equals(503))
                .build();
    }

    @Test
    void aRenewalThatFailsByItsResultLeavesTheStaleResult() throws Exception {
        Pipeline pipeline =
                failingOn503(PolicyConfig.NONE.withCache(MINUTE.withStale(Duration.ofMinutes(5), Duration.ZERO)));
        pipeline.call("a", counting);
        environment.advance(Duration.ofMinutes(2));

        assertThat(pipeline.call("a", () -> 503)).isEqualTo(1);
        assertThat(pipeline.callAsync("a", () -> CompletableFuture.completedFuture(503)))
                .isCompletedWithValue(1);
        assertThat(pipeline.call("a", () -> 503)).isEqualTo(1);
        assertThat(requests("renewal_failed")).isEqualTo(3);
    }

    @Test
    void aStaleResultStandsInForAResultThatCountsAsAFailure() throws Exception {
        Pipeline pipeline =
                failingOn503(PolicyConfig.NONE.withCache(MINUTE.withStale(Duration.ZERO, Duration.ofMinutes(10))));
        pipeline.call("a", counting);
        environment.advance(Duration.ofMinutes(2));

        assertThat(pipeline.call("a", () -> 503)).isEqualTo(1);
        assertThat(pipeline.callAsync("a", () -> CompletableFuture.completedFuture(503)))
                .isCompletedWithValue(1);
        environment.advance(Duration.ofMinutes(10));
        assertThat(pipeline.call("a", () -> 503)).isEqualTo(503);
        assertThat(requests("stale_on_error")).isEqualTo(2);
    }

    @Test
    void aNullResultIsKept() throws Exception {
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withCache(MINUTE));
        Callable<Integer> nothing = () -> {
            made.incrementAndGet();
            return null;
        };

        assertThat(pipeline.call("a", nothing)).isNull();
        assertThat(pipeline.call("a", nothing)).isNull();
        assertThat(made).hasValue(1);
    }

    @Test
    void aStaleResultAnswersAtOnceAndIsRenewedInTheBackground() throws Exception {
        Pipeline pipeline =
                pipeline(PolicyConfig.NONE.withCache(MINUTE.withStale(Duration.ofMinutes(5), Duration.ZERO)));
        pipeline.call("a", counting);
        environment.advance(Duration.ofMinutes(2));

        assertThat(pipeline.call("a", counting)).isEqualTo(1); // the renewal ran meanwhile, on the virtual thread
        assertThat(pipeline.call("a", counting)).isEqualTo(2);
        environment.advance(Duration.ofMinutes(7));
        assertThat(pipeline.call("a", counting)).isEqualTo(3);
    }

    @Test
    void aStaleResultOfAStageIsRenewedByOneCallAtATime() {
        Pipeline pipeline =
                pipeline(PolicyConfig.NONE.withCache(MINUTE.withStale(Duration.ofMinutes(5), Duration.ZERO)));
        pipeline.callAsync("a", () -> CompletableFuture.completedFuture(made.incrementAndGet()));
        environment.advance(Duration.ofMinutes(2));
        List<CompletableFuture<Integer>> renewals = new ArrayList<>();

        for (int i = 0; i < 5; i++) {
            CompletableFuture<Integer> answer = pipeline.callAsync("a", () -> {
                renewals.add(new CompletableFuture<>());
                return renewals.get(renewals.size() - 1);
            });
            assertThat(answer).isCompletedWithValue(1);
        }

        assertThat(renewals).hasSize(1);
        renewals.get(0).complete(7);
        assertThat(pipeline.callAsync("a", CompletableFuture<Integer>::new)).isCompletedWithValue(7);
    }

    @Test
    void aStaleResultStandsInForAFailedCallAsLongAsItMay() throws Exception {
        Pipeline pipeline =
                pipeline(PolicyConfig.NONE.withCache(MINUTE.withStale(Duration.ZERO, Duration.ofMinutes(10))));
        pipeline.call("a", counting);
        Callable<Integer> failing = () -> {
            throw new IOException("down");
        };

        environment.advance(Duration.ofMinutes(10));
        assertThat(pipeline.call("a", failing)).isEqualTo(1);
        assertThat(pipeline.callAsync("a", () -> CompletableFuture.<Integer>failedFuture(new IOException("down")))
                        .join())
                .isEqualTo(1);
        environment.advance(Duration.ofMinutes(2));

        assertThatThrownBy(() -> pipeline.call("a", failing)).isInstanceOf(IOException.class);
        assertThat(requests("stale_on_error")).isEqualTo(2);
    }

    @Test
    void aStaleResultStandsInForACallThatEndsWithAnError() throws Exception {
        Pipeline pipeline =
                pipeline(PolicyConfig.NONE.withCache(MINUTE.withStale(Duration.ZERO, Duration.ofMinutes(10))));
        pipeline.call("a", counting);
        environment.advance(Duration.ofMinutes(2));

        assertThat(pipeline.<Integer>call("a", () -> {
                    throw new StackOverflowError();
                }))
                .isEqualTo(1);
        assertThat(pipeline.callAsync("a", () -> CompletableFuture.<Integer>failedFuture(new StackOverflowError()))
                        .join())
                .isEqualTo(1);
    }

    @Test
    void aDeniedCallIsNotAnsweredByAStaleResult() throws Exception {
        Pipeline pipeline =
                pipeline(PolicyConfig.NONE.withCache(MINUTE.withStale(Duration.ZERO, Duration.ofMinutes(10))));
        pipeline.call("a", counting);
        environment.advance(Duration.ofMinutes(2));

        assertThatThrownBy(() -> pipeline.call("a", () -> {
                    throw new AccessDeniedException("not yours");
                }))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void theBoundOfACacheHolds() throws Exception {
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withCache(MINUTE.withMaxEntries(10)));
        for (int i = 0; i < 1000; i++) {
            pipeline.call(i, counting);
        }
        int before = made.get();
        for (int i = 0; i < 1000; i++) {
            pipeline.call(i, counting);
        }

        assertThat(made.get() - before).isGreaterThanOrEqualTo(980);
    }

    @Test
    void keptResultsOutliveAChangeOfTheNumbers() throws Exception {
        Policies policies = policies(environment, PolicyConfig.NONE.withCache(MINUTE));
        Pipeline pipeline = policies.pipeline("catalog").idempotent().build();
        pipeline.call("a", counting);

        policies.update("catalog", PolicyConfig.NONE.withCache(CacheConfig.of(Duration.ofHours(1))));
        environment.advance(Duration.ofMinutes(30));

        assertThat(pipeline.call("a", counting)).isEqualTo(1);
    }

    @Test
    void allWhoAskTheSameAtTheSameTimeGetTheAnswerOfOneCall() throws Exception {
        try (Environment real = Environment.system()) {
            Pipeline pipeline =
                    policies(real, COALESCING).pipeline("catalog").idempotent().build();
            CountDownLatch begun = new CountDownLatch(1);
            CompletableFuture<String> answer = new CompletableFuture<>();
            Callable<String> slow = () -> {
                made.incrementAndGet();
                begun.countDown();
                return answer.join();
            };
            var threads = real.threads().handlers("asking", 8);
            List<Future<String>> asked = new ArrayList<>();
            asked.add(threads.submit(() -> pipeline.call("a", slow)));
            begun.await();
            for (int i = 0; i < 7; i++) {
                asked.add(threads.submit(() -> pipeline.call("a", slow)));
            }
            CompletableFuture<String> staged = pipeline.callAsync("a", () -> {
                made.incrementAndGet();
                return new CompletableFuture<>();
            });
            answer.complete("one");

            for (Future<String> one : asked) {
                assertThat(one.get()).isEqualTo("one");
            }
            assertThat(staged.get()).isEqualTo("one");
            threads.shutdown();
        }
    }

    @Test
    void whoeverWaitsTakesOverWhenTheCallIsGivenUp() {
        Pipeline pipeline = pipeline(COALESCING);
        List<CompletableFuture<String>> attempts = new ArrayList<>();
        CompletableFuture<String> leader = pipeline.callAsync("a", () -> {
            attempts.add(new CompletableFuture<>());
            return attempts.get(attempts.size() - 1);
        });
        CompletableFuture<String> follower = pipeline.callAsync("a", () -> {
            attempts.add(new CompletableFuture<>());
            return attempts.get(attempts.size() - 1);
        });
        assertThat(attempts).hasSize(1);

        leader.cancel(true);
        assertThat(attempts).hasSize(2);
        attempts.get(1).complete("taken over");

        assertThat(follower).isCompletedWithValue("taken over");
    }

    @Test
    void aFailureIsTheAnswerForAllWhoWait() {
        Pipeline pipeline = pipeline(COALESCING);
        CompletableFuture<String> attempt = new CompletableFuture<>();
        CompletableFuture<String> leader = pipeline.callAsync("a", () -> attempt);
        CompletableFuture<String> follower = pipeline.callAsync("a", () -> {
            made.incrementAndGet();
            return new CompletableFuture<>();
        });

        attempt.completeExceptionally(new IOException("down"));

        assertThat(leader).isCompletedExceptionally();
        assertThat(follower).isCompletedExceptionally();
        assertThat(made).hasValue(0);
    }

    @Test
    void aTimeoutOfThePolicyIsTheAnswerForAllWhoWait() {
        Pipeline pipeline = pipeline(COALESCING.withTimeout(Duration.ofMillis(300)));
        List<CompletableFuture<String>> asked = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            asked.add(pipeline.callAsync("a", () -> {
                made.incrementAndGet();
                return new CompletableFuture<>();
            }));
        }

        environment.advance(Duration.ofMillis(300));

        assertThat(asked).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(made).hasValue(1);
    }

    @Test
    void whoeverWaitsLearnsThatTheFailureWasRetriedInVainFurtherDown() throws Exception {
        Pipeline pipeline = pipeline(COALESCING);
        CompletableFuture<String> attempt = new CompletableFuture<>();
        pipeline.callAsync("a", () -> attempt);
        RetryLedger ledger = new RetryLedger();
        CallContext.EMPTY.withLedger(ledger).call(() -> pipeline.callAsync("a", CompletableFuture<String>::new));

        attempt.completeExceptionally(new HoldfastException("down", Retry.EXHAUSTED, null) {});

        assertThat(ledger.isExhausted()).isTrue();
    }

    @Test
    void aDeniedCallIsDeniedForAllWhoWait() {
        Pipeline pipeline = pipeline(COALESCING);
        CompletableFuture<String> attempt = new CompletableFuture<>();
        pipeline.callAsync("a", () -> attempt);
        CompletableFuture<String> follower = pipeline.callAsync("a", () -> {
            made.incrementAndGet();
            return new CompletableFuture<>();
        });

        attempt.completeExceptionally(new AccessDeniedException("not yours"));

        assertThat(follower).isCompletedExceptionally();
        assertThat(made).hasValue(0);
    }

    @Test
    void whoeverHasMoreTimeTakesOverFromARequestWhoseDeadlineHasPassed() throws Exception {
        Pipeline pipeline = pipeline(COALESCING);
        CompletableFuture<String> hurried = new CompletableFuture<>();
        CompletableFuture<String> unhurried = new CompletableFuture<>();
        Deadline soon = Deadline.after(environment.nanoTime(), Duration.ofMillis(100));
        CallContext.EMPTY.withDeadline(soon).call(() -> pipeline.callAsync("a", () -> hurried));
        CompletableFuture<String> follower = pipeline.callAsync("a", () -> unhurried);

        environment.advance(Duration.ofMillis(100));
        hurried.completeExceptionally(new DeadlineExceededException("too late"));
        unhurried.complete("in time");

        assertThat(follower).isCompletedWithValue("in time");
    }

    @Test
    void cancellingACallThatWasTakenOverStopsIt() {
        Pipeline pipeline = pipeline(COALESCING);
        CompletableFuture<String> leader = pipeline.callAsync("a", CompletableFuture::new);
        CompletableFuture<String> attempt = new CompletableFuture<>();
        CompletableFuture<String> follower = pipeline.callAsync("a", () -> attempt);
        leader.cancel(true);

        follower.cancel(true);

        assertThat(attempt).isCancelled();
    }

    @Test
    void beyondTheBoundEachMakesItsOwnCall() {
        Pipeline pipeline = pipeline(PolicyConfig.NONE.withCoalesce(new CoalesceConfig(1)));
        for (int i = 0; i < 3; i++) {
            pipeline.callAsync("first", () -> {
                made.incrementAndGet();
                return new CompletableFuture<>();
            });
        }
        assertThat(made).hasValue(1);
        for (int i = 0; i < 3; i++) {
            pipeline.callAsync("second", () -> {
                made.incrementAndGet();
                return new CompletableFuture<>();
            });
        }
        assertThat(made).hasValue(4);
    }

    interface Catalog {
        @Idempotent
        @Cache(ttl = "1m")
        String title(String id, int[] pages);

        @Idempotent
        @Fallback(method = {"fromArchive", "unknown"})
        String author(String id);

        default String fromArchive(String id) {
            throw new IllegalStateException("the archive is closed");
        }

        default String unknown(String id, Throwable error) {
            return "unknown, for " + error.getMessage();
        }
    }

    @Test
    void theResultsOfAMethodAreKeptByItsArgumentsAndByForWhomItIsCalled() throws Exception {
        GuardedMethod title = GuardedContract.of(Catalog.class, "catalog", policies(environment, PolicyConfig.NONE))
                .method(Catalog.class.getMethod("title", String.class, int[].class));
        CallContext ada = CallContext.EMPTY.withPrincipal(new Principal("ada", Principal.Source.TOKEN));
        Callable<Object> call = made::incrementAndGet;

        assertThat(title.invoke(this, new Object[] {"42", new int[] {1, 2}}, call))
                .isEqualTo(1);
        assertThat(title.invoke(this, new Object[] {"42", new int[] {1, 2}}, call))
                .isEqualTo(1);
        assertThat(title.invoke(this, new Object[] {"42", new int[] {1, 3}}, call))
                .isEqualTo(2);
        assertThat(ada.call(() -> title.invoke(this, new Object[] {"42", new int[] {1, 2}}, call)))
                .isEqualTo(3);
        assertThat(title.describe()).isEqualTo("cache(1m) > call");
    }

    @Test
    void fallbacksAreAskedOneAfterTheOtherWithTheFailureBefore() throws Exception {
        Catalog proxied = (Catalog) java.lang.reflect.Proxy.newProxyInstance(
                Catalog.class.getClassLoader(), new Class<?>[] {Catalog.class}, (proxy, method, arguments) -> null);
        GuardedMethod author = GuardedContract.of(Catalog.class, "catalog", policies(environment, PolicyConfig.NONE))
                .method(Catalog.class.getMethod("author", String.class));

        Object answer = author.invoke(proxied, new Object[] {"42"}, () -> {
            throw new IOException("down");
        });

        assertThat(answer).isEqualTo("unknown, for the archive is closed");
        assertThat(author.describe()).isEqualTo("fallback(2) > call");
    }

    interface Careless {
        @Cache(ttl = "1m")
        @Coalesce
        String order(String id);
    }

    @Test
    void keepingWhatIsNotIdempotentIsRefusedWithTheRemedy() {
        assertThatThrownBy(
                        () -> GuardedContract.of(Careless.class, "catalog", policies(environment, PolicyConfig.NONE)))
                .isInstanceOf(InvalidContractException.class)
                .hasMessageContaining("Careless.order has @Coalesce but is not idempotent")
                .hasMessageContaining("add @Idempotent");
    }
}
