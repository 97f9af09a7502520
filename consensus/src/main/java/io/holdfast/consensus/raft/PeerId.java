package io.holdfast.consensus.raft;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import java.util.Comparator;

/**
 * A replica of a group: a node, and which life of its storage. A node that comes back with an empty disk is another peer, so that it cannot vote as if it had an empty log.
 *
 * @param node the node
 * @param incarnation 0 for who founded the group with its cluster, otherwise a number drawn when the storage was made
 */
public record PeerId(NodeId node, long incarnation) implements Comparable<PeerId> {
    private static final Comparator<PeerId> ORDER =
            Comparator.comparing(PeerId::node).thenComparingLong(PeerId::incarnation);

    /**
     * Reads what {@link #toString} wrote.
     *
     * @param text for instance {@code n1#5f3a}
     * @return the peer
     * @throws IllegalArgumentException if the text is not a node id, a hash and a hexadecimal number
     */
    public static PeerId parse(String text) {
        int hash = text.lastIndexOf('#');
        Check.that(hash > 0, "peer id (%s) must be a node id, # and a hexadecimal number", text);
        return new PeerId(NodeId.of(text.substring(0, hash)), Long.parseUnsignedLong(text.substring(hash + 1), 16));
    }

    @Override
    public int compareTo(PeerId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return node + "#" + Long.toHexString(incarnation);
    }
}
