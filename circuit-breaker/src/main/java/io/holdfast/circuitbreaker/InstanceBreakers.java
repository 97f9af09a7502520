package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.BreakerMode;
import io.holdfast.circuitbreaker.config.CircuitBreakerConfig;
import io.holdfast.circuitbreaker.resilience4j.Breaker;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Scheduler;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breakers of a policy for the instances of its callee, one each: a failing instance is left alone while the others are called. Whoever chooses the instance asks here, and tells how the
 * attempt ended. One that nobody has asked about for {@link #LOOK} to twice as long is forgotten with its meters: an instance that starts again may have another name. At most {@value #MAX} instances
 * have one; further ones are called without. Safe for use by many threads.
 */
final class InstanceBreakers {
    /** How often those are forgotten that were not asked about since the look before. */
    static final Duration LOOK = Duration.ofMinutes(5);

    private static final int MAX = 1024;

    /** How breakers are made, and when they are forgotten. */
    record Making(BiFunction<String, CircuitBreakerConfig, Breaker> maker, Scheduler scheduler) {}

    private static final class Known {
        private final Breaker breaker;
        private volatile boolean asked = true;

        Known(Breaker breaker) {
            this.breaker = breaker;
        }

        Breaker ask() {
            if (!asked) {
                asked = true;
            }
            return breaker;
        }
    }

    private final Making making;
    private final ConcurrentMap<String, Known> known = new ConcurrentHashMap<>();
    private volatile CircuitBreakerConfig numbers;
    private volatile BreakerMode mode;
    private Registration timer = () -> {}; // guarded by this
    private boolean closed; // guarded by this

    private InstanceBreakers(CircuitBreakerConfig numbers, BreakerMode mode, Making making) {
        this.numbers = numbers;
        this.mode = mode;
        this.making = making;
    }

    /** Whether the instance may be called; an attempt that was let in must be told to {@link #ended}. */
    boolean admits(String instance) {
        Breaker breaker = find(instance);
        return breaker == null || breaker.admits();
    }

    private @Nullable Breaker find(String instance) {
        Known found = known.get(instance);
        if (found == null && known.size() < MAX) {
            found = known.computeIfAbsent(instance, this::made);
            forceAsNow(found.breaker);
        }
        return found == null ? null : found.ask();
    }

    /** Nobody sees it before it is as the operator wants it. */
    private Known made(String instance) {
        Breaker breaker = making.maker().apply(instance, numbers);
        forceAsNow(breaker);
        return new Known(breaker);
    }

    /** {@link #force} passes over one that is being made, and may come between the look at the mode and the forcing. */
    private void forceAsNow(Breaker breaker) {
        BreakerMode now;
        do {
            now = mode;
            breaker.force(now);
        } while (now != mode);
    }

    void ended(String instance, Ending ending, long nanos, @Nullable Throwable error) {
        Known found = known.get(instance);
        if (found != null) {
            BreakerGate.ended(found.breaker, ending, nanos, error);
        }
    }

    CircuitBreakerConfig numbers() {
        return numbers;
    }

    /** Whether an operator holds them open. */
    boolean heldOpen() {
        return mode == BreakerMode.FORCED_OPEN;
    }

    /** An operator decides over all of them, those of new instances too, or leaves them to themselves again. */
    void force(BreakerMode wanted) {
        mode = wanted;
        known.values().forEach(each -> each.breaker.force(wanted));
    }

    /** Keeps with its state, makes or takes away, as the numbers say. */
    static @Nullable InstanceBreakers changed(
            @Nullable InstanceBreakers current,
            @Nullable CircuitBreakerConfig wanted,
            BreakerMode mode,
            Making making) {
        if (wanted == null) {
            if (current != null) {
                current.close();
            }
            return null;
        }
        if (current == null) {
            InstanceBreakers made = new InstanceBreakers(wanted, mode, making);
            made.lookLater();
            return made;
        }
        if (!wanted.equals(current.numbers)) {
            current.numbers = wanted;
            current.known.replaceAll((instance, each) -> new Known(each.breaker.changedTo(wanted)));
            current.force(mode);
        }
        return current;
    }

    private void look() {
        for (String instance : known.keySet()) {
            known.computeIfPresent(instance, (id, each) -> {
                if (each.asked) {
                    each.asked = false;
                    return each;
                }
                each.breaker.close();
                return null;
            });
        }
        lookLater();
    }

    private synchronized void lookLater() {
        if (!closed) {
            timer = making.scheduler().schedule(LOOK, this::look);
        }
    }

    private void close() {
        synchronized (this) {
            closed = true;
            timer.close();
        }
        known.values().forEach(each -> each.breaker.close());
    }
}
