package io.holdfast.consensus;

import java.util.Optional;

/**
 * What came of a write.
 *
 * @param applied whether the key was written or removed
 * @param revision the revision at which it was decided: a read of at least this revision sees it
 * @param version the key's version after a put that was applied, otherwise 0
 * @param existing for a put that was not applied, what stands there; for a removal that was, what was removed; otherwise empty
 * @param <V> the value's type
 */
public record Written<V>(boolean applied, long revision, long version, Optional<Versioned<V>> existing) {}
