package io.holdfast.core.cluster;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;

/**
 * A node of the cluster, as this node sees it.
 *
 * @param id its name
 * @param address where it listens
 * @param zone where it stands, for placement and preference; empty if it was not told
 * @param incarnation grows whenever the member refutes a suspicion or starts anew; never goes back
 * @param state what this node believes of it
 */
public record Member(NodeId id, Address address, String zone, long incarnation, MemberState state) {}
