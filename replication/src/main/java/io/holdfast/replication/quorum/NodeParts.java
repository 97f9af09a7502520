package io.holdfast.replication.quorum;

/**
 * What the parts of a node share.
 *
 * @param config the settings
 * @param rules the decisions
 * @param ring who keeps what
 * @param neighbours where nodes listen
 * @param replica the rows of this node
 * @param ids numbers of requests
 */
record NodeParts(
        QuorumConfig config, QuorumRules rules, RingView ring, Neighbours neighbours, Replica replica, Ids ids) {}
