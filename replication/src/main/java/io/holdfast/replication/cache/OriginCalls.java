package io.holdfast.replication.cache;

import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.Retry;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The calls of the origin: at most so many at once, and whatever goes wrong in one is a failed stage. Safe for use by many threads. */
final class OriginCalls<K, V> {
    private static final Duration RETRY_AFTER = Duration.ofMillis(50);

    private final String cache;
    private final CacheOrigin<K, V> origin;
    private final Environment environment;
    private final NearCacheOptions options;
    private final AtomicInteger underWay = new AtomicInteger();

    OriginCalls(String cache, CacheOrigin<K, V> origin, NearCacheOptions options, Environment environment) {
        this.cache = cache;
        this.origin = origin;
        this.options = options;
        this.environment = environment;
    }

    boolean enter() {
        if (underWay.incrementAndGet() > options.maxCalls()) {
            underWay.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave() {
        underWay.decrementAndGet();
    }

    OverloadedException refusal() {
        return OverloadedException.withoutTrace(
                "near cache " + cache + " has " + options.maxCalls()
                        + " calls of its origin under way, its maxCalls; raise it, or call less",
                RETRY_AFTER);
    }

    /** Reads for all who wait, so with a deadline of its own and in nobody's name. */
    CompletionStage<Loaded<V>> load(K key) {
        Deadline deadline = Deadline.after(environment.clock().nanoTime(), options.loadTimeout());
        try (CallContext.Scope scope = CallContext.EMPTY.withDeadline(deadline).open()) {
            return safely(() -> origin.load(key));
        }
    }

    CompletionStage<Long> write(K key, Optional<V> value) {
        return safely(() -> value.isPresent() ? origin.put(key, value.get()) : origin.remove(key));
    }

    private static <T> CompletionStage<T> safely(Supplier<CompletionStage<T>> call) {
        try {
            return call.get().thenApply(OriginCalls::given);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static <T> T given(@Nullable T answer) {
        if (answer == null) {
            throw new IllegalStateException(
                    "the origin of a near cache answered null; it must answer a revision, and a Loaded.absent for what is not there");
        }
        return answer;
    }

    /** What went wrong, without the wrapping of stages. */
    static Throwable cause(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? cause : error;
    }

    /** Whether a write that failed so may have happened. */
    static boolean unknown(Throwable error) {
        return !(error instanceof HoldfastException known
                && (known.retry() == Retry.SAFE || known.retry() == Retry.NEVER));
    }
}
