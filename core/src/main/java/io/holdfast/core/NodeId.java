package io.holdfast.core;

/**
 * The name of a node, unique in its cluster and stable over restarts.
 *
 * @param value a DNS label (RFC 1123), for instance {@code catalog-1}
 */
public record NodeId(String value) implements Comparable<NodeId> {
    /**
     * Validates the name.
     *
     * @param value as the component
     * @throws IllegalArgumentException if the value is not a DNS label
     */
    public NodeId {
        Check.label("node id", value);
    }

    /**
     * Names a node.
     *
     * @param value a DNS label
     * @return the id
     * @throws IllegalArgumentException if the value is not a DNS label
     */
    public static NodeId of(String value) {
        return new NodeId(value);
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
