package io.holdfast.replication.quorum;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.replication.version.RowKey;

/** What this node's application and shell ask of the protocol. */
sealed interface QuorumRequest {
    /** Read a row. */
    record Get(long call, RowKey key, CallSpec spec, long deadlineNanos) implements QuorumRequest {}

    /** Change a row. */
    record Change(long call, RowKey key, RowChange change, CallSpec spec, long deadlineNanos)
            implements QuorumRequest {}

    /** The store has synced all positions up to this one. */
    record Synced(long position) implements QuorumRequest {}

    /** The store of hints has synced. */
    record HintsSynced(long position) implements QuorumRequest {}

    /** What membership says of a node. */
    record Neighbour(NodeId node, Address address, boolean alive) implements QuorumRequest {}

    /** A committed ring. */
    record RingIs(Ring ring) implements QuorumRequest {}
}
