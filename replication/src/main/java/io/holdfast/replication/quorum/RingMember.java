package io.holdfast.replication.quorum;

import io.holdfast.core.NodeId;

/**
 * A node that keeps rows.
 *
 * @param node its name
 * @param zone where it stands; replicas of a row stand in different zones as far as there are enough
 */
public record RingMember(NodeId node, String zone) {}
