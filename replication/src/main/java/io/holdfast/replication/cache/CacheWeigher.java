package io.holdfast.replication.cache;

/**
 * What a value weighs, for {@link NearCacheOptions#maxWeight}.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface CacheWeigher<K, V> {
    /**
     * Weighs a value when it is kept. An absence, and what remains of a copy that was changed, weighs 1; so does a value for which the weigher throws or answers less than zero, and that is logged.
     *
     * @param key its key
     * @param value the value
     * @return its weight, zero or more, in a unit of the caller's choice
     */
    int weigh(K key, V value);
}
