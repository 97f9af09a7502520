/**
 * The rows of one node: in memory, or on disk in segments that are only appended to. Start at {@link io.holdfast.replication.store.RowStore}. A store is used by one thread unless a method
 * says otherwise.
 */
@NullMarked
package io.holdfast.replication.store;

import org.jspecify.annotations.NullMarked;
