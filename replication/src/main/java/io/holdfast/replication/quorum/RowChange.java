package io.holdfast.replication.quorum;

import io.holdfast.replication.version.CausalContext;
import org.jspecify.annotations.Nullable;

/**
 * What shall become of a row.
 *
 * @param policy what becomes of concurrent writes
 * @param known what the writer had read; what is in it is replaced
 * @param expiry from when on the value counts as removed, in milliseconds of the wall clock; 0 if it stays
 * @param value the value, not to be changed; null removes the row
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record RowChange(ConflictPolicy policy, CausalContext known, long expiry, byte @Nullable [] value) {}
