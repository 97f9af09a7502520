/**
 * Copies of entries in this process, in front of any map that can be read and that tells of its changes. Start at {@link io.holdfast.replication.cache.NearCache}; a map joins by
 * {@link io.holdfast.replication.cache.CacheOrigin}. All types are safe for use by many threads unless they say otherwise.
 */
@NullMarked
package io.holdfast.replication.cache;

import org.jspecify.annotations.NullMarked;
