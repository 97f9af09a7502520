package io.holdfast.consensus;

import java.util.List;
import java.util.Optional;

/**
 * A page of a scan: all its entries are of one revision, but the next page may be of a later one.
 *
 * @param entries the entries in order of their keys
 * @param revision the revision
 * @param rest the range to ask for next, or empty at the end
 * @param <K> the keys' type
 * @param <V> the values' type
 */
public record MapPart<K, V>(List<Entry<K, V>> entries, long revision, Optional<MapRange<K>> rest) {
    /**
     * A key and its value.
     *
     * @param key the key
     * @param value the value
     * @param <K> the key's type
     * @param <V> the value's type
     */
    public record Entry<K, V>(K key, Versioned<V> value) {}
}
