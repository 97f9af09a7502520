package io.holdfast.consensus;

import java.util.Optional;

/**
 * What a read found, and when.
 *
 * @param entry the value with its history, or empty
 * @param revision the revision of the state that was read: an absence is of this revision
 * @param <V> the value's type
 */
public record MapReading<V>(Optional<Versioned<V>> entry, long revision) {}
