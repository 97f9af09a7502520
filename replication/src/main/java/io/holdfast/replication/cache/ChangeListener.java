package io.holdfast.replication.cache;

/**
 * Hears of changes of a {@link CacheOrigin}. A change may be told late, twice or in another order; one that may never be told must be covered by {@link #gap}. Calls do not block.
 *
 * @param <K> the keys
 */
public interface ChangeListener<K> {
    /**
     * A key was changed: copies of it with a smaller revision are old.
     *
     * @param key the key
     * @param revision the revision of the change
     */
    void changed(K key, long revision);

    /** Changes that happened before this call may never be told; all that happen after it will be. Called once when the telling begins, and after each loss. */
    void gap();
}
