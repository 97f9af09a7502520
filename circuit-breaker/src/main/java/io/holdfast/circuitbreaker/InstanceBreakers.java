package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.resilience4j.Breaker;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breakers of a policy for the instances of its callee, one each: a failing instance is left alone while the others are called. Whoever chooses the instance asks here, and tells how the
 * attempt ended. At most {@value #MAX} instances have one; further ones are called without. Safe for use by many threads.
 */
final class InstanceBreakers {
    private static final int MAX = 1024;

    private final BiFunction<String, CircuitBreakerConfig, Breaker> maker;
    private final ConcurrentMap<String, Breaker> breakers = new ConcurrentHashMap<>();
    private volatile CircuitBreakerConfig numbers;

    InstanceBreakers(CircuitBreakerConfig numbers, BiFunction<String, CircuitBreakerConfig, Breaker> maker) {
        this.numbers = numbers;
        this.maker = maker;
    }

    /** Whether the instance may be called; an attempt that was let in must be told to {@link #ended}. */
    boolean admits(String instance) {
        Breaker breaker = find(instance);
        return breaker == null || breaker.admits();
    }

    private @Nullable Breaker find(String instance) {
        Breaker found = breakers.get(instance);
        if (found != null || breakers.size() >= MAX) {
            return found;
        }
        return breakers.computeIfAbsent(instance, id -> maker.apply(id, numbers));
    }

    void ended(String instance, Ending ending, long nanos, @Nullable Throwable error) {
        Breaker breaker = breakers.get(instance);
        if (breaker == null) {
            return;
        }
        if (ending == Ending.GOOD) {
            breaker.succeeded(nanos);
        } else if (ending == Ending.SILENT || error == null) {
            breaker.withdrawn(nanos);
        } else {
            breaker.failed(nanos, error);
        }
    }

    CircuitBreakerConfig numbers() {
        return numbers;
    }

    /** Keeps with its state, makes or takes away, as the numbers say. */
    static @Nullable InstanceBreakers changed(
            @Nullable InstanceBreakers current,
            @Nullable CircuitBreakerConfig wanted,
            BiFunction<String, CircuitBreakerConfig, Breaker> maker) {
        if (wanted == null) {
            if (current != null) {
                current.close();
            }
            return null;
        }
        if (current == null) {
            return new InstanceBreakers(wanted, maker);
        }
        if (!wanted.equals(current.numbers)) {
            current.numbers = wanted;
            current.breakers.replaceAll((instance, breaker) -> breaker.changedTo(wanted));
        }
        return current;
    }

    private void close() {
        breakers.values().forEach(Breaker::close);
    }
}
