package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.CoalesceConfig;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The calls of one pipeline that others may wait for, by key. Safe for use by many threads. */
final class Flights {
    /**
     * How a call ended that others waited for.
     *
     * @param value its result
     * @param error or what it failed with
     * @param givenUp whether that is no answer for those who wait
     */
    record Landing(@Nullable Object value, @Nullable Throwable error, boolean givenUp) {}

    private final ConcurrentMap<Object, CompletableFuture<Landing>> flights = new ConcurrentHashMap<>();

    /** The flight that is under way, or null: then {@code own} is the flight now, unless there are too many. */
    @Nullable CompletableFuture<Landing> join(Object key, CompletableFuture<Landing> own, CoalesceConfig numbers) {
        CompletableFuture<Landing> found = flights.get(key);
        if (found != null || flights.size() >= numbers.maxCalls()) {
            return found;
        }
        return flights.putIfAbsent(key, own);
    }

    /** A flight has landed: whoever asks from now on makes a call of its own. */
    void land(Object key, CompletableFuture<Landing> own, Landing landing) {
        flights.remove(key, own);
        own.complete(landing);
    }
}
