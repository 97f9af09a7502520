package io.holdfast.examples.streaming.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.holdfast.core.CallCancelledException;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Answers that are kept for a while. One caller at a time renews an answer whose time is over, and the others get the old one meanwhile; if the renewal fails, all do (stale-while-revalidate
 * and stale-if-error, RFC 5861). So neither the end of an answer's time nor trouble at its source makes all callers wait at once. At its bound the answer that is used least goes. Safe for
 * use by many threads.
 *
 * @param <K> what is asked for
 * @param <V> the answers
 */
public final class KeptAnswers<K, V> {
    /** An old answer is good for so many times its time to live. */
    private static final int STALE_FACTOR = 20;

    /** After a failed renewal the old answer is good for this share of its time to live again. */
    private static final int PAUSE_SHARE = 10;

    /** How long a caller that has an old answer at hand may take to renew it. */
    private static final Duration RENEWAL = Duration.ofMillis(250);

    private record Kept<V>(V value, long goodUntilNanos) {}

    private final Cache<K, Kept<V>> kept;
    private final ConcurrentMap<K, CompletableFuture<V>> loads =
            new ConcurrentHashMap<>(); // one for each waiting caller at most
    private final long timeToLiveNanos;
    private final MonotonicClock clock;

    /**
     * Makes an empty one.
     *
     * @param maximum how many answers are kept
     * @param timeToLive how old an answer may be that is not renewed
     * @param clock tells the age
     */
    public KeptAnswers(int maximum, Duration timeToLive, MonotonicClock clock) {
        this.timeToLiveNanos = timeToLive.toNanos();
        this.clock = clock;
        Ticker ticker = clock::nanoTime;
        this.kept = Caffeine.newBuilder()
                .maximumSize(maximum)
                .expireAfterWrite(timeToLive.multipliedBy(STALE_FACTOR))
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    /**
     * The answer that is kept, or a new one. Throws what the source throws if there is none to give.
     *
     * @param key what is asked for
     * @param source answers
     * @return the answer
     */
    public V get(K key, Supplier<V> source) {
        Kept<V> known = kept.getIfPresent(key);
        if (known != null && known.goodUntilNanos - clock.nanoTime() > 0) {
            return known.value;
        }
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> other = loads.putIfAbsent(key, mine);
        if (other != null) {
            return known != null ? known.value : await(other, source);
        }
        try {
            V value = known == null ? load(key, source) : renew(key, known, source);
            mine.complete(value);
            return value;
        } catch (Throwable e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            loads.remove(key, mine);
        }
    }

    /** The one who asks may have less time than this caller has, or more. */
    private V await(CompletableFuture<V> other, Supplier<V> source) {
        try {
            return other.get(CallContext.current().deadline().remainingNanos(clock.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            return source.get();
        } catch (TimeoutException late) {
            throw new DeadlineExceededException(
                    "the answer did not come in time from the caller who asks for it; allow more time", late);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelledException("the wait for an answer that another caller asks for was interrupted");
        }
    }

    private V load(K key, Supplier<V> source) {
        V value = source.get();
        keep(key, value, timeToLiveNanos);
        return value;
    }

    @SuppressWarnings("try") // the scope is the effect
    private V renew(K key, Kept<V> known, Supplier<V> source) {
        CallContext context = CallContext.current();
        Deadline deadline = Deadline.after(clock.nanoTime(), RENEWAL);
        try (CallContext.Scope scope =
                context.withDeadline(context.deadline().earlier(deadline)).open()) {
            return load(key, source);
        } catch (HoldfastException e) {
            keep(key, known.value, timeToLiveNanos / PAUSE_SHARE);
            return known.value;
        }
    }

    private void keep(K key, V value, long nanos) {
        kept.put(key, new Kept<>(value, clock.nanoTime() + nanos));
    }
}
