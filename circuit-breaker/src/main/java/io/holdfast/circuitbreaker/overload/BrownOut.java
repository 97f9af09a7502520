package io.holdfast.circuitbreaker.overload;

import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How hard a node is pressed, for the application to do less for each call before calls must be refused: leave out recommendations, serve from a cache, shorten lists (Klein et al., "Brownout: Building
 * More Robust Cloud Applications", ICSE 2014).
 *
 * <pre>{@code
 * return brownOut.level().isAtLeast(BrownOut.Level.LIGHT) ? popular() : recommendedFor(user);
 * }</pre>
 *
 * <p>It rises when a level was called for in two ticks one after the other (a tick is a quarter of a second), and falls by one when none as high was called for as long as configured. Safe for
 * use by many threads; reading the level costs nothing.
 */
public final class BrownOut {
    private static final Logger log = LoggerFactory.getLogger(BrownOut.class);
    private static final int MAX_LISTENERS = 100;

    /** How hard the node is pressed. */
    public enum Level {
        /** All calls are served. */
        NONE,
        /** SHEDDABLE calls are refused: leave out what nobody would miss. */
        LIGHT,
        /** SHEDDABLE_PLUS calls are refused too: leave out what is not the core of the answer. */
        HEAVY,
        /** Even CRITICAL calls are refused: do the least that makes an answer. */
        FULL;

        /**
         * Compares.
         *
         * @param other another level
         * @return whether this one is as hard or harder
         */
        public boolean isAtLeast(Level other) {
            return compareTo(other) >= 0;
        }
    }

    private final long holdNanos;
    private final Executor executor;
    private final List<Consumer<Level>> listeners = new CopyOnWriteArrayList<>();
    private volatile Level level = Level.NONE;
    private Level before = Level.NONE; // these belong to who ticks
    private long calledForNanos;

    BrownOut(Duration hold, Executor executor) {
        this.holdNanos = hold.toNanos();
        this.executor = executor;
    }

    /**
     * How hard the node is pressed now.
     *
     * @return the level
     */
    public Level level() {
        return level;
    }

    /**
     * Tells a listener of each change, one after the other on a thread of its own. A listener that lags behind by more than a hundred changes misses some; what it throws is logged.
     *
     * @param listener is told the new level
     * @return ends the telling
     * @throws IllegalStateException if there are a hundred listeners already; close some
     */
    public Registration onChange(Consumer<Level> listener) {
        if (listeners.size() >= MAX_LISTENERS) {
            throw new IllegalStateException("there are " + MAX_LISTENERS
                    + " brown-out listeners, the most that may be; close the registrations of those that are done");
        }
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Whether the level has changed. */
    boolean tick(Level called, long nowNanos) {
        Level current = level;
        Level confirmed = called.compareTo(before) < 0 ? called : before;
        before = called;
        if (called.isAtLeast(current)) {
            calledForNanos = nowNanos;
        }
        Level next = current;
        if (confirmed.compareTo(current) > 0) {
            next = confirmed;
        } else if (current != Level.NONE && nowNanos - calledForNanos > holdNanos) {
            next = Level.values()[current.ordinal() - 1];
            calledForNanos = nowNanos;
        }
        if (next == current) {
            return false;
        }
        level = next;
        tell(next);
        return true;
    }

    private void tell(Level next) {
        if (listeners.isEmpty()) {
            return;
        }
        try {
            executor.execute(() -> listeners.forEach(listener -> tellSafely(listener, next)));
        } catch (RejectedExecutionException tooSlow) {
            log.warn("brown-out listeners were not told of level {}: a hundred changes wait for them", next);
        }
    }

    private static void tellSafely(Consumer<Level> listener, Level next) {
        try {
            listener.accept(next);
        } catch (RuntimeException e) {
            log.error("a brown-out listener failed at level {}", next, e);
        }
    }
}
