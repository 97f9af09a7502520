package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.caffeine.ResultCache;
import io.holdfast.circuitbreaker.config.CacheConfig;
import io.holdfast.core.CallCancelledException;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.RetryLedger;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The two outer stages of one pipeline, for calls with a key: results that are kept, and calls that are made once for all who ask the same at the same time. A result that counts as a failure is
 * not kept. A call that is given up by who makes it, or whose request had less time, is made again by one of those who wait; any other end, a timeout of the policy among them, is the answer for
 * all. Safe for use by many threads.
 */
final class KeyedCalls {
    private final Pipeline pipeline;
    private final Flights flights = new Flights();
    private final Set<Object> renewing = ConcurrentHashMap.newKeySet(); // bounded by the cache: a key that is kept

    KeyedCalls(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @SuppressWarnings({"unchecked", "NullAway"
    }) // what is kept came out of this pipeline's calls; null where they gave null
    <T> T call(Object key, Callable<T> call, Plan plan) throws Exception {
        ResultCache cache = plan.cache();
        if (cache == null) {
            return flown(key, call, plan);
        }
        ResultCache.Kept kept = cache.get(key);
        if (kept != null && answers(cache, kept, key, () -> renew(key, call, plan, cache))) {
            return (T) kept.value();
        }
        try {
            return judged(key, flown(key, call, plan), kept, cache);
        } catch (Throwable e) {
            if (kept == null || !standsInFor(e, cache, kept)) {
                throw e;
            }
            return (T) kept.value();
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"})
    <T> CompletableFuture<T> callAsync(Object key, Supplier<? extends CompletionStage<T>> call, Plan plan) {
        ResultCache cache = plan.cache();
        if (cache == null) {
            return flownAsync(key, call, plan);
        }
        ResultCache.Kept kept = cache.get(key);
        if (kept != null && answers(cache, kept, key, () -> renewAsync(key, call, plan, cache))) {
            return CompletableFuture.completedFuture((T) kept.value());
        }
        CompletableFuture<T> made = flownAsync(key, call, plan);
        CompletableFuture<T> result = made.handle((value, error) -> {
                    if (error == null) {
                        return CompletableFuture.completedFuture(judged(key, value, kept, cache));
                    }
                    Throwable cause = Pipeline.unwrap(error);
                    return kept != null && standsInFor(cause, cache, kept)
                            ? CompletableFuture.completedFuture((T) kept.value())
                            : CompletableFuture.<T>failedFuture(cause);
                })
                .thenCompose(outcome -> outcome);
        return cancelling(result, made);
    }

    /** Whether a kept result answers at once; a stale one has itself renewed, by one call at a time. */
    private boolean answers(ResultCache cache, ResultCache.Kept kept, Object key, Runnable renewal) {
        CacheConfig numbers = cache.numbers();
        long age = cache.ageNanos(kept);
        if (age < numbers.ttl().toNanos()) {
            counts().fresh();
            return true;
        }
        if (age >= numbers.ttl().plus(numbers.staleWhileRevalidate()).toNanos()) {
            return false;
        }
        counts().stale();
        if (renewing.add(key)) {
            CallContext unhurried = CallContext.current().withDeadline(Deadline.NONE); // nobody waits for it
            try {
                pipeline.continuations().execute(unhurried.wrap(renewal));
            } catch (RejectedExecutionException busy) {
                renewing.remove(key); // the next one who asks tries again
            }
        }
        return true;
    }

    private <T> void renew(Object key, Callable<T> call, Plan plan, ResultCache cache) {
        try {
            renewed(key, flown(key, call, plan), cache);
        } catch (Exception stillStale) {
            counts().renewalFailed();
        } finally {
            renewing.remove(key);
        }
    }

    private <T> void renewAsync(Object key, Supplier<? extends CompletionStage<T>> call, Plan plan, ResultCache cache) {
        flownAsync(key, call, plan).whenComplete((value, error) -> {
            if (error == null) {
                renewed(key, value, cache);
            } else {
                counts().renewalFailed();
            }
            renewing.remove(key);
        });
    }

    private void renewed(Object key, @Nullable Object value, ResultCache cache) {
        if (pipeline.failureOf(value) == null) {
            cache.put(key, value);
        } else {
            counts().renewalFailed();
        }
    }

    /** Keeps a result, unless it counts as a failure: that answers its own caller only, or a kept one stands in for it. */
    @SuppressWarnings({"unchecked", "NullAway"})
    private <T> T judged(Object key, T value, ResultCache.@Nullable Kept kept, ResultCache cache) {
        FailedResult failed = pipeline.failureOf(value);
        if (failed == null) {
            cache.put(key, value);
        } else if (kept != null && standsInFor(failed, cache, kept)) {
            return (T) kept.value();
        }
        counts().missed();
        return value;
    }

    private boolean standsInFor(Throwable error, ResultCache cache, ResultCache.Kept kept) {
        CacheConfig numbers = cache.numbers();
        boolean young = cache.ageNanos(kept)
                < numbers.ttl().plus(numbers.staleIfError()).toNanos();
        if (young && (error instanceof FailedResult || pipeline.judgement().covers(error))) {
            counts().staleOnError();
            return true;
        }
        return false;
    }

    @SuppressWarnings({"unchecked", "NullAway"})
    private <T> T flown(Object key, Callable<T> call, Plan plan) throws Exception {
        if (plan.coalesce() == null) {
            return pipeline.call(call);
        }
        while (true) {
            CompletableFuture<Flights.Landing> own = new CompletableFuture<>();
            CompletableFuture<Flights.Landing> other = flights.join(key, own, plan.coalesce());
            if (other == null) {
                return lead(key, call, own);
            }
            Flights.Landing landing = await(other);
            if (landing.error() == null) {
                counts().coalesced();
                return (T) landing.value();
            }
            if (!landing.givenUp()) {
                noteInVain(landing.error(), plan, CallContext.current());
                throw thrown(landing.error());
            }
        }
    }

    private <T> T lead(Object key, Callable<T> call, CompletableFuture<Flights.Landing> own) throws Exception {
        T value;
        try {
            value = pipeline.call(call);
        } catch (Throwable e) {
            flights.land(key, own, landing(null, e, CallContext.current()));
            throw e;
        }
        flights.land(key, own, landing(value, null, CallContext.current()));
        return value;
    }

    /** Who made the call gave it up, or its request had less time than those of others: that is no answer for those who wait. */
    private Flights.Landing landing(@Nullable Object value, @Nullable Throwable error, CallContext leader) {
        boolean givenUp = error instanceof InterruptedException
                || error instanceof CancellationException
                || error instanceof CallCancelledException
                || (error != null
                        && leader.deadline()
                                .isExpired(pipeline.environment().clock().nanoTime()));
        return new Flights.Landing(value, error, givenUp);
    }

    @SuppressWarnings({"unchecked", "NullAway"})
    private <T> CompletableFuture<T> flownAsync(Object key, Supplier<? extends CompletionStage<T>> call, Plan plan) {
        if (plan.coalesce() == null) {
            return pipeline.callAsync(call);
        }
        CompletableFuture<Flights.Landing> own = new CompletableFuture<>();
        CompletableFuture<Flights.Landing> other = flights.join(key, own, plan.coalesce());
        CallContext context = CallContext.current();
        if (other == null) {
            CompletableFuture<T> made = pipeline.callAsync(call);
            made.whenComplete((value, error) ->
                    flights.land(key, own, landing(value, error == null ? null : Pipeline.unwrap(error), context)));
            return made;
        }
        CompletableFuture<CompletableFuture<T>> takenOver = new CompletableFuture<>();
        CompletableFuture<T> result = other.thenCompose(landing -> {
            if (landing.error() == null) {
                counts().coalesced();
                return CompletableFuture.completedFuture((T) landing.value());
            }
            if (!landing.givenUp()) {
                noteInVain(landing.error(), plan, context);
                return CompletableFuture.failedFuture(landing.error());
            }
            try {
                CompletableFuture<T> again = context.call(() -> flownAsync(key, call, plan));
                takenOver.complete(again);
                return again;
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            }
        });
        result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                takenOver.thenAccept(again -> again.cancel(true));
            }
        });
        return result;
    }

    /** The retries of the call that was waited for count for all who waited. */
    private void noteInVain(Throwable error, Plan plan, CallContext waited) {
        Retries.noteInVain(error, waited);
        if (plan.retry() != null && pipeline.judgement().retryable(error, true)) {
            waited.ledger().ifPresent(RetryLedger::exhausted);
        }
    }

    private Flights.Landing await(CompletableFuture<Flights.Landing> flight) throws Exception {
        Deadline deadline = CallContext.current().deadline();
        try {
            if (deadline.isNone()) {
                return flight.get();
            }
            long remaining =
                    deadline.remainingNanos(pipeline.environment().clock().nanoTime());
            return flight.get(Math.max(0, remaining), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new DeadlineExceededException(
                    pipeline.place() + " waited for the same call of another thread until its deadline passed", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a flight always lands", e);
        }
    }

    private static Exception thrown(Throwable error) {
        if (error instanceof Error fatal) {
            throw fatal;
        }
        return (Exception) error;
    }

    private static <T> CompletableFuture<T> cancelling(CompletableFuture<T> result, CompletableFuture<T> made) {
        result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                made.cancel(true);
            }
        });
        return result;
    }

    private KeyedCounts counts() {
        return pipeline.policy().keyed();
    }
}
