package io.holdfast.replication.event;

import io.holdfast.core.NodeId;
import io.holdfast.core.env.Registration;
import java.util.Set;

/**
 * Who consumes in a group at present, this node among them. It may be wrong for a while, and differ from node to node: then two nodes work for one partition until one of them sees that it was replaced. Safe for
 * use by many threads.
 */
public interface Crew {
    /**
     * This node.
     *
     * @return its id
     */
    NodeId self();

    /**
     * All who consume, as far as is known here.
     *
     * @return a snapshot
     */
    Set<NodeId> present();

    /**
     * Listens to changes.
     *
     * @param changed called when there may be one; must not block
     * @return ends the listening
     */
    Registration watch(Runnable changed);

    /** This node is not of the crew any more: its {@link ConsumerGroup} has ended, and calls this when all partitions are let go. */
    default void leave() {}

    /**
     * This node alone.
     *
     * @param self this node
     * @return a crew of one
     */
    static Crew alone(NodeId self) {
        return new Crew() {
            @Override
            public NodeId self() {
                return self;
            }

            @Override
            public Set<NodeId> present() {
                return Set.of(self);
            }

            @Override
            public Registration watch(Runnable changed) {
                return () -> {};
            }
        };
    }
}
