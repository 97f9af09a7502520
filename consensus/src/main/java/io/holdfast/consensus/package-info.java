/**
 * Data that all nodes agree on: maps and what else a service needs one truth for, kept by a Raft group and used from any node.
 * Start at {@link io.holdfast.consensus.Consensus}. All types are safe for use by many threads.
 *
 * <p>Every operation is linearizable unless it takes another {@link io.holdfast.core.cluster.ReadConsistency}, and ends in one of three ways: done; an exception that says that it was
 * surely not done; or {@link io.holdfast.core.UnknownOutcomeException}, if it may have been. Waiting ends with the {@link io.holdfast.core.call.CallContext}'s deadline, or after five seconds
 * where there is none.
 */
@NullMarked
package io.holdfast.consensus;

import org.jspecify.annotations.NullMarked;
