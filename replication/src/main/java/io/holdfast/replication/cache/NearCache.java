package io.holdfast.replication.cache;

import io.holdfast.core.CallCancelledException;
import io.holdfast.core.Deadline;
import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.consistency.Eventual;
import io.holdfast.core.env.IoThread;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies of a map's entries in this process. A read that finds one costs no message, no lock and one reading of the clock. What it promises:
 *
 * <ul>
 *   <li><b>Staleness bound</b>: an answer was the map's value at some instant not longer ago than {@link NearCacheOptions#staleness}, also when messages about changes were lost, nobody tells of changes
 *       any more, or this process was paused. In a partition copies are therefore answered for that long at most, then reads fail as reads of the map do.
 *   <li><b>Usually much fresher</b>: a change that is told drops the copy at once.
 *   <li><b>Monotonic reads</b>: for one key the revision never goes back while the key is kept.
 *   <li><b>Read your writes</b>: a read that begins after a write through this cache has ended sees it or a later one. Not across caches.
 *   <li><b>Absences</b> are kept as values are, for {@link NearCacheOptions#absentTtl}.
 *   <li><b>One read for each key</b> at a time, whoever waits for it. A failure reaches all who wait and is not kept.
 * </ul>
 *
 * <p>Writes go to the map first and then here (<b>write-through</b>): what fails with an unknown outcome leaves no copy. With {@link NearCacheOptions#writeBehind} (<b>write-behind</b>) they end when they
 * are in a bounded queue in this process, which dies with it: reads through this cache see them at once, others when they are written. Of several writes of a key that wait only the last is written; those
 * of one key are written in order. They are unconditional, so the last writer wins, by when a write reaches the map; one whose outcome is unknown is written again and may so undo what another wrote
 * between. A write that the map refuses for good goes to {@link NearCacheBuilder#onUnwritten}, and what {@link #close()} could not write goes there too.
 *
 * <p>Each method has an asynchronous form, whose stage must not be blocked by what depends on it. The others wait until the running {@link CallContext}'s deadline, or until the map's own limits; never call
 * them on a thread of the transport. Keys and values are not null: a missing value is {@link Optional#empty()}. Values are shared, not copied: do not change them.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class NearCache<K, V> implements Eventual, AutoCloseable {
    private final String name;
    private final MonotonicClock clock;
    private final Contents<K, V> contents;
    private final Loads<K, V> loads;
    private final Writes<K, V> writes;
    private final Vouching<K, V> vouching;
    private final CacheMeters meters;
    private final Duration closeLimit;
    private volatile boolean closed;
    private volatile boolean ended;

    NearCache(
            String name,
            MonotonicClock clock,
            Contents<K, V> contents,
            Loads<K, V> loads,
            Writes<K, V> writes,
            Vouching<K, V> vouching,
            CacheMeters meters,
            Duration closeLimit) {
        this.name = name;
        this.clock = clock;
        this.contents = contents;
        this.loads = loads;
        this.writes = writes;
        this.vouching = vouching;
        this.meters = meters;
        this.closeLimit = closeLimit;
    }

    /**
     * Describes a near cache.
     *
     * @param name its name, for metrics and messages, 1 to 255 characters; one cache of a name at a time in a registry of meters
     * @param origin the map that it stands in front of
     * @param options how it keeps and writes
     * @param <K> the keys
     * @param <V> the values
     * @return a builder; the cache begins with {@link NearCacheBuilder#start}
     */
    public static <K, V> NearCacheBuilder<K, V> of(String name, CacheOrigin<K, V> origin, NearCacheOptions options) {
        return new NearCacheBuilder<>(name, origin, options);
    }

    /**
     * The cache's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Whether it was closed and writes no more. Another one of its name should not begin before.
     *
     * @return true from the end of the first {@link #closeAsync} on
     */
    public boolean ended() {
        return ended;
    }

    /**
     * Reads a key.
     *
     * @param key the key
     * @return its value, or empty if there is none
     * @throws io.holdfast.core.OverloadedException if {@link NearCacheOptions#maxCalls} calls of the map are under way; try again later
     * @throws DeadlineExceededException if the map does not answer in time; try again
     * @throws UnavailableException if the map cannot be read, answered three times with something older than is promised, or the cache is closed; try again later
     */
    public Optional<V> get(K key) {
        Entry<V> copy = fresh(key);
        return copy != null ? copy.answer : await(() -> loaded(key));
    }

    /**
     * As {@link #get}.
     *
     * @param key the key
     * @return its value; fails as that throws
     */
    public CompletionStage<Optional<V>> getAsync(K key) {
        Entry<V> copy = fresh(key);
        return copy != null ? CompletableFuture.completedFuture(copy.answer) : loaded(key);
    }

    /** A copy that may be answered, or null. The way of a hit. */
    private @Nullable Entry<V> fresh(K key) {
        Coverage vouched = contents.coverage();
        Entry<V> copy = contents.kept(key);
        if (copy == null) {
            return null;
        }
        long now = clock.nanoTime();
        long age = contents.age(copy, vouched, now);
        if (!contents.servable(copy, now, age)) {
            return null;
        }
        meters.hits.increment();
        if (contents.due(copy, now, age)) {
            loads.refresh(key);
        }
        return copy;
    }

    private CompletionStage<Optional<V>> loaded(K key) {
        Writes.Queued<V> queued = writes.queued(key);
        if (queued != null) {
            meters.queuedHits.increment();
            return CompletableFuture.completedFuture(queued.value());
        }
        if (closed) {
            return CompletableFuture.failedFuture(
                    new UnavailableException("near cache " + name + " is closed; read the map itself"));
        }
        (contents.kept(key) == null ? meters.misses : meters.stale).increment();
        return loads.join(key);
    }

    /**
     * Sets a key.
     *
     * @param key the key
     * @param value the value
     * @throws io.holdfast.core.OverloadedException if the queue of write-behind is full, or too many calls of the map are under way; try again later
     * @throws UnavailableException if a write-behind cache is closed
     * @throws io.holdfast.core.UnknownOutcomeException if a write-through may have been done; a read tells once the map answers again
     */
    public void put(K key, V value) {
        await(() -> putAsync(key, value));
    }

    /**
     * As {@link #put}.
     *
     * @param key the key
     * @param value the value
     * @return ends when the map has it, or with write-behind when it is queued; fails as that throws
     */
    public CompletionStage<Void> putAsync(K key, V value) {
        return writes.write(
                Objects.requireNonNull(key, "key of a near cache must not be null"),
                Optional.of(Objects.requireNonNull(value, "value of a near cache must not be null; remove the key")));
    }

    /**
     * Removes a key. Fails as {@link #put}.
     *
     * @param key the key
     */
    public void remove(K key) {
        await(() -> removeAsync(key));
    }

    /**
     * As {@link #remove}.
     *
     * @param key the key
     * @return ends when the map has removed it, or with write-behind when the removal is queued; fails as {@link #put} throws
     */
    public CompletionStage<Void> removeAsync(K key) {
        return writes.write(Objects.requireNonNull(key, "key of a near cache must not be null"), Optional.empty());
    }

    private <T> T await(Supplier<CompletionStage<T>> call) {
        if (IoThread.isCurrent()) {
            throw new IllegalStateException("thread " + Thread.currentThread().getName()
                    + " reads sockets and must not wait for near cache " + name + "; call the async form");
        }
        CompletableFuture<T> stage = call.get().toCompletableFuture();
        Deadline deadline = CallContext.current().deadline();
        try {
            return deadline.isNone()
                    ? stage.get()
                    : stage.get(deadline.remainingNanos(clock.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new DeadlineExceededException(
                    "the call's deadline came while it waited for near cache " + name + "; a write may still be done",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelledException(
                    "the thread was interrupted while it waited for near cache " + name + "; a write may still be done",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException("near cache " + name + " failed by a defect: " + e.getCause(), e);
        }
    }

    /** Ends the cache, after it has written what waits, for {@link WriteBehindOptions#closeLimit} at most; what it could not write goes to {@link NearCacheBuilder#onUnwritten}. */
    @Override
    public void close() {
        await(() -> closeAsync(closeLimit));
    }

    /**
     * As {@link #close}.
     *
     * @param limit how long it may write what waits
     * @return ends when all is written or the limit has come, with what is not written; that went to {@link NearCacheBuilder#onUnwritten} as well
     */
    public CompletionStage<List<Unwritten<K, V>>> closeAsync(Duration limit) {
        closed = true;
        vouching.close();
        contents.close();
        return writes.close(limit).whenComplete((rest, error) -> {
            meters.close();
            ended = true;
        });
    }
}
