package io.holdfast.replication.cache;

import java.util.Optional;

/**
 * A write that was accepted by write-behind and was given up.
 *
 * @param key the key
 * @param value the value, or empty for a removal
 * @param mayBeWritten whether it may have happened, or still may: it was under way, or its outcome is unknown
 * @param cause why the last try failed, or empty if it was never tried
 * @param <K> the key's type
 * @param <V> the value's type
 */
public record Unwritten<K, V>(K key, Optional<V> value, boolean mayBeWritten, Optional<Throwable> cause) {}
