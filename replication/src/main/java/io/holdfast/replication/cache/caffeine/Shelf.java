package io.holdfast.replication.cache.caffeine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.Executor;
import java.util.function.ToIntBiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Entries by key up to a weight; at the bound those leave that are used least (Einziger, Friedman and Manes 2017, "TinyLFU"). It knows no time: reading one reads no clock. Changes of one key happen one
 * after the other. Safe for use by many threads.
 *
 * @param <K> the keys
 * @param <E> the entries
 */
public final class Shelf<K, E> {
    /**
     * What becomes of an entry.
     *
     * @param <E> the entries
     */
    @FunctionalInterface
    public interface Change<E> {
        /**
         * Decides.
         *
         * @param old what is kept, or null
         * @return what is to be kept, or null
         */
        @Nullable E of(@Nullable E old);
    }

    private final Cache<K, E> kept;

    /**
     * Makes an empty one.
     *
     * @param maxWeight what all entries may weigh together
     * @param weigher what an entry weighs, zero or more
     * @param upkeep runs short tasks that find out who is used least; a little later is best, for then many reads cost one of them. Until then there may be some hundred entries too many
     */
    public Shelf(long maxWeight, ToIntBiFunction<K, E> weigher, Executor upkeep) {
        this.kept = Caffeine.newBuilder()
                .executor(upkeep)
                .maximumWeight(maxWeight)
                .weigher(weigher::applyAsInt)
                .build();
    }

    /**
     * Looks an entry up.
     *
     * @param key its key
     * @return the entry, or null
     */
    public @Nullable E get(K key) {
        return kept.getIfPresent(key);
    }

    /**
     * Changes what is kept for a key. Waits for another change of that key, also where nothing is kept yet.
     *
     * @param key the key
     * @param change decides; must be short and must not come back here
     * @return what is kept now
     */
    public @Nullable E change(K key, Change<E> change) {
        return kept.asMap().compute(key, (same, old) -> change.of(old));
    }

    /**
     * Changes an entry if there is one. Where there is none, it takes no lock, and so may miss a first one that is being stored at this moment.
     *
     * @param key the key
     * @param change gets what is kept, gives what is to be kept; must be short and must not come back here
     */
    public void changePresent(K key, UnaryOperator<E> change) {
        kept.asMap().computeIfPresent(key, (same, old) -> change.apply(old));
    }

    /** Forgets all. */
    public void clear() {
        kept.invalidateAll();
    }

    /**
     * How many entries there are.
     *
     * @return about so many
     */
    public long size() {
        return kept.estimatedSize();
    }
}
