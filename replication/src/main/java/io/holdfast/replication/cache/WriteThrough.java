package io.holdfast.replication.cache;

import io.holdfast.core.env.MonotonicClock;
import io.holdfast.replication.cache.Entry.Asked;
import io.holdfast.replication.cache.Pins.Pin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Writes the origin first, and keeps what it has taken. Safe for use by many threads. */
final class WriteThrough<K, V> implements Writes<K, V> {
    private final OriginCalls<K, V> calls;
    private final Contents<K, V> contents;
    private final Pins<K> pins;
    private final MonotonicClock clock;
    private final CacheMeters meters;

    WriteThrough(
            OriginCalls<K, V> calls, Contents<K, V> contents, Pins<K> pins, MonotonicClock clock, CacheMeters meters) {
        this.calls = calls;
        this.contents = contents;
        this.pins = pins;
        this.clock = clock;
        this.meters = meters;
    }

    @Override
    public CompletionStage<Void> write(K key, Optional<V> value) {
        if (!calls.enter()) {
            meters.refusedCalls.increment();
            return CompletableFuture.failedFuture(calls.refusal());
        }
        CompletableFuture<Void> result = new CompletableFuture<>();
        Pin pin = pins.take(key);
        Asked asked = contents.asked();
        calls.write(key, value).whenComplete((revision, error) -> {
            long elapsed = clock.nanoTime() - asked.nanos();
            if (error == null) {
                meters.wrote(elapsed);
                pin.raiseSeen(revision);
                end(
                        key,
                        result,
                        null,
                        () -> contents.written(key, new Loaded<>(value, revision), asked, pin, () -> true));
            } else {
                failed(key, OriginCalls.cause(error), elapsed, result);
            }
        });
        return result;
    }

    /** What may have been written makes the copy doubtful; a read that is under way is as good as it was, for the feed tells of the write if it was done. */
    private void failed(K key, Throwable error, long elapsed, CompletableFuture<Void> result) {
        boolean unknown = OriginCalls.unknown(error);
        meters.writeFailed(elapsed, unknown);
        end(key, result, error, () -> {
            if (unknown) {
                contents.hide(key);
            }
        });
    }

    /** Whatever fails in the last step, of a key's own code say, the room is given back and the caller is told. */
    private void end(K key, CompletableFuture<Void> result, @Nullable Throwable error, Runnable last) {
        @Nullable Throwable failure = error;
        try {
            last.run();
        } catch (RuntimeException e) {
            failure = error == null ? e : error;
        }
        pins.release(key);
        calls.leave();
        if (failure != null) {
            result.completeExceptionally(failure);
        } else {
            result.complete(null);
        }
    }

    @Override
    public @Nullable Queued<V> queued(K key) {
        return null;
    }

    @Override
    public CompletionStage<List<Unwritten<K, V>>> close(Duration limit) {
        return CompletableFuture.completedFuture(List.of());
    }
}
