package io.holdfast.consensus;

/**
 * What happened to a map.
 *
 * @param <K> the keys' type
 * @param <V> the values' type
 */
public sealed interface MapEvent<K, V> {
    /**
     * The revision that did it; for a key that expired between commands, the one before.
     *
     * @return the revision
     */
    long revision();

    /**
     * A key was written.
     *
     * @param revision the revision
     * @param key the key
     * @param value its value
     * @param <K> the key's type
     * @param <V> the value's type
     */
    record Put<K, V>(long revision, K key, Versioned<V> value) implements MapEvent<K, V> {}

    /**
     * A key was removed.
     *
     * @param revision the revision
     * @param key the key
     * @param expired whether its time or its session has ended
     * @param <K> the key's type
     * @param <V> the value's type
     */
    record Removed<K, V>(long revision, K key, boolean expired) implements MapEvent<K, V> {}

    /**
     * Events before this one may be missing. Read what matters at this revision or later; together with the events that follow it is whole again.
     *
     * @param revision the revision
     * @param <K> the key's type
     * @param <V> the value's type
     */
    record Compacted<K, V>(long revision) implements MapEvent<K, V> {}
}
