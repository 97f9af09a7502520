package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;

/**
 * A node that keeps rows.
 *
 * @param node its name
 * @param zone where it stands; replicas of a row stand in different zones as far as there are enough
 * @param store the id of its store. A node of that name with another store has lost its disk: it answers no reads before it has taken its rows from the others
 */
public record RingMember(NodeId node, String zone, long store) {}
