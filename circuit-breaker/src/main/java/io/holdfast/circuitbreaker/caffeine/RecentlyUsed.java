package io.holdfast.circuitbreaker.caffeine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Things by name, of which only so many are kept: at the bound those that are used least are forgotten, and one that nobody has used for a while is as well. Safe for use by many threads.
 *
 * @param <V> the things
 */
public final class RecentlyUsed<V> {
    private final Cache<String, V> kept;

    /**
     * Makes an empty one.
     *
     * @param bound how many are kept
     * @param idle after which time an unused one is forgotten
     * @param clock tells the time
     */
    public RecentlyUsed(int bound, Duration idle, MonotonicClock clock) {
        this.kept = Caffeine.newBuilder()
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .maximumSize(bound)
                .expireAfterAccess(idle)
                .build();
    }

    /**
     * The thing of a name.
     *
     * @param name the name
     * @param maker makes it if it is not kept
     * @return the thing
     */
    public V get(String name, Supplier<V> maker) {
        V found = kept.getIfPresent(name); // the usual case, without a lambda
        return found != null ? found : kept.get(name, unused -> maker.get());
    }

    /**
     * How many are kept.
     *
     * @return about so many
     */
    public long size() {
        return kept.estimatedSize();
    }
}
