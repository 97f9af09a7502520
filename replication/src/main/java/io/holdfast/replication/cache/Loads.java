package io.holdfast.replication.cache;

import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.replication.cache.Entry.Asked;
import io.holdfast.replication.cache.Pins.Pin;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Reads of the origin, one for each key at a time, whoever waits for it. Safe for use by many threads. */
final class Loads<K, V> {
    private static final int MAX_ATTEMPTS = 3;

    private final String cache;
    private final NearCacheOptions options;
    private final Environment environment;
    private final OriginCalls<K, V> calls;
    private final Contents<K, V> contents;
    private final Pins<K> pins;
    private final CacheMeters meters;
    private final ConcurrentHashMap<K, Flight> flights = new ConcurrentHashMap<>();

    Loads(
            String cache,
            NearCacheOptions options,
            Environment environment,
            OriginCalls<K, V> calls,
            Contents<K, V> contents,
            Pins<K> pins,
            CacheMeters meters) {
        this.cache = cache;
        this.options = options;
        this.environment = environment;
        this.calls = calls;
        this.contents = contents;
        this.pins = pins;
        this.meters = meters;
    }

    /** Waits for the read that is under way, or begins one. Each gets a stage of its own, so that one who cancels it takes it from nobody else. */
    CompletionStage<Optional<V>> join(K key) {
        Flight flight = flight(key);
        if (flight == null) {
            meters.refusedCalls.increment();
            return CompletableFuture.failedFuture(calls.refusal());
        }
        return flight.result.copy();
    }

    /** Begins a read that nobody waits for, unless one is under way or too many are. */
    void refresh(K key) {
        if (flight(key) != null) {
            meters.refreshes.increment();
        }
    }

    /**
     * Under the lock of the key, as the end of a flight is: who joins one that is about to end would be told what was right before it joined, and may have written since.
     */
    private @Nullable Flight flight(K key) {
        Flight fresh = new Flight(key);
        Flight found = flights.compute(key, (same, old) -> {
            if (old != null) {
                return old;
            }
            return calls.enter() ? fresh : null;
        });
        if (found == fresh) {
            fresh.pin = pins.take(key);
            fresh.attempt(1);
        }
        return found;
    }

    int underWay() {
        return flights.size();
    }

    /** What is told to those who wait. */
    private record Told<V>(Optional<V> value, long revision) {}

    /** One read, asked again if its answer is too old for those who wait. */
    private final class Flight {
        private final K key;
        private final CompletableFuture<Optional<V>> result = new CompletableFuture<>();
        private final AtomicBoolean left = new AtomicBoolean();
        private Pin pin = new Pin();

        Flight(K key) {
            this.key = key;
        }

        private void attempt(int number) {
            Asked asked = contents.asked();
            AtomicBoolean ended = new AtomicBoolean();
            Registration timer = environment.scheduler().schedule(options.loadTimeout(), () -> {
                if (ended.compareAndSet(false, true)) {
                    fail(asked, timeout());
                }
            });
            calls.load(key).whenComplete((loaded, error) -> {
                timer.close();
                if (!ended.compareAndSet(false, true)) {
                    return;
                }
                if (error != null) {
                    fail(asked, OriginCalls.cause(error));
                    return;
                }
                try {
                    answered(number, asked, loaded);
                } catch (RuntimeException e) { // of a key's own code, say: nobody may wait for ever for that
                    fail(asked, e);
                }
            });
        }

        private DeadlineExceededException timeout() {
            return new DeadlineExceededException("the origin of near cache " + cache + " did not answer within "
                    + options.loadTimeout() + ", its loadTimeout; try again");
        }

        private void answered(int number, Asked asked, Loaded<V> loaded) {
            Told<V> told = tellable(asked, loaded);
            if (told != null && leaves(told)) {
                meters.loaded(elapsed(asked));
                done();
                result.complete(told.value());
            } else if (number < MAX_ATTEMPTS) {
                meters.loadAgain(elapsed(asked));
                attempt(number + 1);
            } else {
                fail(
                        asked,
                        new UnavailableException("the origin of near cache " + cache + " gave " + MAX_ATTEMPTS
                                + " answers that are older than what was written or read here before, or than the staleness bound ("
                                + options.staleness() + "); try again"));
            }
        }

        private @Nullable Told<V> tellable(Asked asked, Loaded<V> loaded) {
            if (contents.tooLate(asked)) {
                return null;
            }
            Coverage vouched = contents.coverage();
            Entry<V> kept = contents.offer(key, loaded, asked, pin);
            if (kept == null || kept.revision <= loaded.revision()) {
                return new Told<>(loaded.value(), loaded.revision());
            }
            long now = environment.clock().nanoTime();
            return contents.servable(kept, now, contents.age(kept, vouched, now))
                    ? new Told<>(kept.answer, kept.revision)
                    : null;
        }

        /** Whether nobody who has joined has written anything newer before; nobody joins any more then. */
        private boolean leaves(Told<V> told) {
            return flights.computeIfPresent(key, (same, flight) -> pin.seen() > told.revision() ? flight : null)
                    == null;
        }

        private void fail(Asked asked, Throwable error) {
            meters.loadFailed(elapsed(asked));
            flights.remove(key, this);
            done();
            result.completeExceptionally(error);
        }

        private void done() {
            if (!left.compareAndSet(false, true)) {
                return;
            }
            pins.release(key);
            calls.leave();
        }

        private long elapsed(Asked asked) {
            return environment.clock().nanoTime() - asked.nanos();
        }
    }
}
