/**
 * Leaderless replication: N replicas of a row, of which W answer a write and R a read. {@link io.holdfast.replication.quorum.QuorumNode} decides, without I/O.
 */
@NullMarked
package io.holdfast.replication.quorum;

import org.jspecify.annotations.NullMarked;
