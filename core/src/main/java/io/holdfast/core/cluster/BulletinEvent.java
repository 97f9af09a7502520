package io.holdfast.core.cluster;

import io.holdfast.core.NodeId;

/** What changed on a topic of the {@link Bulletin}. */
public sealed interface BulletinEvent {
    /**
     * A node told a value; it replaces what that node told before.
     *
     * @param node who told it
     * @param value the value; do not change it
     */
    @SuppressWarnings("ArrayRecordComponent") // handed to listeners, never compared
    record Told(NodeId node, byte[] value) implements BulletinEvent {}

    /**
     * What a node told holds no longer: the node left, died, or began anew and has not told anything yet.
     *
     * @param node who had told it
     */
    record Gone(NodeId node) implements BulletinEvent {}
}
