package io.holdfast.sharding.caffeine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Things that nobody uses at the moment, as many as a number of bytes lets rest, each until it has rested too long. For each thing that was put to rest exactly one of {@link #wake} and {@link #sweep}
 * takes it out. Never calls back while it is called, so its callers may hold locks. Safe for use by many threads.
 *
 * @param <T> the things, told apart by identity
 */
public final class Resting<T> {
    private record Place(int weight, long idleNanos) {}

    private record Left<T>(T thing, boolean idle) {}

    private final Cache<T, Place> places;
    private final ConcurrentLinkedQueue<Left<T>> left = new ConcurrentLinkedQueue<>();

    /**
     * Makes an empty one.
     *
     * @param bytes the weight that may rest in all
     * @param clock tells the time
     */
    public Resting(long bytes, MonotonicClock clock) {
        this.places = Caffeine.newBuilder()
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .maximumWeight(bytes)
                .weigher((T thing, Place place) -> place.weight())
                .expireAfter(new Lasting<T>())
                .removalListener(this::removed)
                .build();
    }

    private void removed(@Nullable T thing, @Nullable Place place, RemovalCause cause) {
        if (thing != null && cause.wasEvicted()) {
            left.add(new Left<>(thing, cause == RemovalCause.EXPIRED));
        }
    }

    /**
     * Puts a thing to rest that does not rest.
     *
     * @param thing the thing
     * @param weight how many bytes it takes
     * @param idle how long it may rest
     * @return whether things have had to leave: then {@link #sweep} soon
     */
    public boolean rest(T thing, int weight, Duration idle) {
        places.put(thing, new Place(weight, idle.toNanos()));
        return !left.isEmpty();
    }

    /**
     * Takes a thing back into use.
     *
     * @param thing the thing
     * @return false if it has left already: then {@link #sweep} tells of it, or has told
     */
    public boolean wake(T thing) {
        return places.asMap().remove(thing) != null;
    }

    /**
     * Tells of everything that has left, each once.
     *
     * @param leaver hears what has left, and whether it had rested too long (true) or had to make room (false)
     */
    public void sweep(BiConsumer<T, Boolean> leaver) {
        places.cleanUp();
        for (Left<T> next = left.poll(); next != null; next = left.poll()) {
            leaver.accept(next.thing(), next.idle());
        }
    }

    /**
     * The weight of what rests.
     *
     * @return about so many bytes
     */
    public long bytes() {
        return places.policy()
                .eviction()
                .map(bound -> bound.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** Each thing rests as long as its kind may. */
    private static final class Lasting<T> implements Expiry<T, Place> {
        @Override
        public long expireAfterCreate(T thing, Place place, long now) {
            return place.idleNanos();
        }

        @Override
        public long expireAfterUpdate(T thing, Place place, long now, long left) {
            return place.idleNanos();
        }

        @Override
        public long expireAfterRead(T thing, Place place, long now, long left) {
            return left;
        }
    }
}
