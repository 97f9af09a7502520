package io.holdfast.replication.cache;

import java.util.concurrent.CompletionStage;

/**
 * A map that a {@link NearCache} stands in front of. What the cache promises rests on three promises of the origin:
 *
 * <ol>
 *   <li>{@link #load} sees every write that was acknowledged to anyone, and every change that the feed has told of, before it was called. If it may lag by a time, the cache's staleness bound is longer by it.
 *   <li>Each change of a key has a larger revision than the one before, whoever made it.
 *   <li>Stages end, with the outcome that they had: {@link io.holdfast.core.HoldfastException#retry()} of a failure tells whether the write surely did not happen ({@link io.holdfast.core.Retry#SAFE},
 *       {@link io.holdfast.core.Retry#EXHAUSTED} and {@link io.holdfast.core.Retry#NEVER}) or may have ({@link io.holdfast.core.Retry#IF_IDEMPOTENT}). Any other exception is a refusal that trying again
 *       does not change.
 * </ol>
 *
 * Methods must not block; they may throw what their stages may fail with.
 *
 * @param <K> the keys, with {@code equals} and {@code hashCode}
 * @param <V> the values; they are shared by all readers, so they should not change
 */
public interface CacheOrigin<K, V> {
    /**
     * Reads a key. The deadline stands in the running {@link io.holdfast.core.call.CallContext}.
     *
     * @param key the key
     * @return the value or its absence, with its revision
     */
    CompletionStage<Loaded<V>> load(K key);

    /**
     * Sets a key, whatever stood there.
     *
     * @param key the key
     * @param value the value
     * @return the revision of this change
     */
    CompletionStage<Long> put(K key, V value);

    /**
     * Removes a key, whatever stood there.
     *
     * @param key the key
     * @return the revision of this change, or the one at which there was nothing to remove
     */
    CompletionStage<Long> remove(K key);

    /**
     * Begins to tell of changes.
     *
     * @param listener hears of them; does not block
     * @return the feed; {@link ChangeFeed#NONE} if this map cannot tell of changes
     */
    ChangeFeed follow(ChangeListener<K> listener);
}
