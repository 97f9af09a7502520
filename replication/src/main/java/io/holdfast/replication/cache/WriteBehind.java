package io.holdfast.replication.cache;

import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.replication.cache.Entry.Asked;
import io.holdfast.replication.cache.Pins.Pin;
import io.holdfast.replication.cache.WriteQueue.Sent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Accepts writes into a queue and writes them a little later. Safe for use by many threads. */
final class WriteBehind<K, V> implements Writes<K, V> {
    private final String cache;
    private final WriteBehindOptions options;
    private final WriteQueue<K, V> queue;
    private final OriginCalls<K, V> calls;
    private final Contents<K, V> contents;
    private final Pins<K> pins;
    private final Environment environment;
    private final CacheMeters meters;
    private final Consumer<Unwritten<K, V>> givenUp;
    private final AtomicInteger rounds = new AtomicInteger();
    private @Nullable Wake wake; // of the thread that goes round
    private final CompletableFuture<List<Unwritten<K, V>>> end = new CompletableFuture<>();

    private record Wake(long atNanos, Registration timer) {}

    WriteBehind(
            String cache,
            WriteBehindOptions options,
            WriteQueue<K, V> queue,
            OriginCalls<K, V> calls,
            Contents<K, V> contents,
            Pins<K> pins,
            Environment environment,
            CacheMeters meters,
            Consumer<Unwritten<K, V>> givenUp) {
        this.cache = cache;
        this.options = options;
        this.queue = queue;
        this.calls = calls;
        this.contents = contents;
        this.pins = pins;
        this.environment = environment;
        this.meters = meters;
        this.givenUp = givenUp;
    }

    private long now() {
        return environment.clock().nanoTime();
    }

    @Override
    public CompletionStage<Void> write(K key, Optional<V> value) {
        switch (queue.offer(key, value, now())) {
            case CLOSED:
                return CompletableFuture.failedFuture(new UnavailableException(
                        "near cache " + cache + " is closed and takes no more writes; write the map itself"));
            case FULL:
                meters.refusedQueue.increment();
                return CompletableFuture.failedFuture(OverloadedException.withoutTrace(
                        "near cache " + cache + " has writes of " + options.maxQueued()
                                + " keys that wait, its maxQueued; slow down, or raise it if the origin is only slow for a while",
                        options.delay().plus(options.retryPause())));
            case COALESCED:
                meters.coalesced.increment();
                break;
            default:
                break;
        }
        contents.hide(key); // after it is in the queue: whoever keeps a copy later sees it there
        pump();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public @Nullable Queued<V> queued(K key) {
        return queue.last(key);
    }

    /** Sends what is due, and wakes up for what is not. One thread at a time; who comes meanwhile lets it go round once more, so that an origin that answers at once does not call itself. */
    private void pump() {
        if (rounds.getAndIncrement() > 0) {
            return;
        }
        int seen;
        do {
            seen = rounds.get();
            for (Sent<K, V> next = queue.take(now()); next != null; next = queue.take(now())) {
                send(next);
            }
            wakeAt(queue.nextDue());
        } while (!rounds.compareAndSet(seen, 0));
    }

    private void wakeAt(long due) {
        long now = now();
        Wake old = wake;
        if (due == WriteQueue.NOTHING || old != null && old.atNanos() - due <= 0 && old.atNanos() - now > 0) {
            return;
        }
        if (old != null) {
            old.timer().close();
        }
        wake = new Wake(due, environment.scheduler().schedule(Duration.ofNanos(due - now), this::pump));
    }

    private void send(Sent<K, V> sent) {
        Pin pin = pins.take(sent.key());
        Asked asked = contents.asked();
        CompletionStage<Long> written;
        try (CallContext.Scope scope = CallContext.EMPTY.open()) {
            written = calls.write(sent.key(), sent.write().value());
        }
        written.whenComplete((revision, error) -> {
            long elapsed = now() - asked.nanos();
            try {
                if (error == null) {
                    meters.wrote(elapsed);
                    written(sent, revision, asked, pin);
                } else {
                    failed(sent, OriginCalls.cause(error), elapsed);
                }
            } finally {
                pins.release(sent.key());
                pump();
                endIfEmpty();
            }
        });
    }

    /** What was written leaves the queue also if its copy cannot be kept. */
    private void written(Sent<K, V> sent, long revision, Asked asked, Pin pin) {
        pin.raiseSeen(revision);
        try {
            contents.written(sent.key(), new Loaded<>(sent.write().value(), revision), asked, pin, () -> isLast(sent));
        } finally {
            queue.written(sent, now());
        }
    }

    private boolean isLast(Sent<K, V> sent) {
        Queued<V> last = queue.last(sent.key());
        return last != null && last.number() == sent.write().number();
    }

    private void failed(Sent<K, V> sent, Throwable error, long elapsed) {
        boolean unknown = OriginCalls.unknown(error);
        meters.writeFailed(elapsed, unknown);
        if (queue.failed(sent, error, now())) {
            giveUp(new Unwritten<>(sent.key(), sent.write().value(), unknown, Optional.of(error)));
        }
    }

    private void giveUp(Unwritten<K, V> write) {
        meters.unwritten.increment();
        givenUp.accept(write);
    }

    @Override
    public CompletionStage<List<Unwritten<K, V>>> close(Duration limit) {
        queue.close(now());
        environment.scheduler().schedule(limit, this::endNow);
        pump();
        endIfEmpty();
        return end.copy();
    }

    private void endIfEmpty() {
        if (queue.isClosedAndEmpty()) {
            end.complete(List.of());
        }
    }

    private void endNow() {
        if (!end.isDone()) {
            List<Unwritten<K, V>> rest = queue.abandon();
            rest.forEach(this::giveUp);
            end.complete(rest);
        }
    }
}
