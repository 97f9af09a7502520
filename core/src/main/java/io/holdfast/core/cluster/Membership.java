package io.holdfast.core.cluster;

import io.holdfast.core.NodeId;
import io.holdfast.core.env.Registration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Who is in the cluster. A view of this node: others may see a change a moment earlier or later. Safe for use by many threads.
 */
public interface Membership extends AutoCloseable {
    /**
     * This node.
     *
     * @return this node as a member
     */
    Member self();

    /**
     * The id of the cluster, agreed when it was formed and kept on disk.
     *
     * @return the id, or empty before this node has joined
     */
    Optional<String> clusterId();

    /**
     * Who founded the cluster, as it was agreed together with its id and kept on disk. All nodes that took part hold the same list. It stands from the moment on when {@link #clusterId} does.
     *
     * @return an immutable list, sorted; empty on a node that joined later, that has lost its disk, or that has not joined yet
     */
    List<NodeId> founders();

    /**
     * The members that are alive or suspected, this node among them.
     *
     * @return an immutable snapshot, ordered by node id
     */
    List<Member> members();

    /**
     * One member, whatever its state, as long as it is remembered.
     *
     * @param id its name
     * @return the member, or empty if it was never seen or is forgotten
     */
    Optional<Member> member(NodeId id);

    /**
     * Listens. The listener first gets an event for each present member, then each change in order, on one thread; it must not block.
     *
     * @param listener the listener
     * @return ends the listening
     */
    Registration listen(Consumer<MembershipEvent> listener);

    /**
     * Completes when this node has joined: alone, with its seeds, or with as many nodes as were expected.
     *
     * @return the stage; it fails with {@link io.holdfast.core.ClusterMismatchException} if the cluster refused this node
     */
    CompletionStage<Void> joined();

    /** Says goodbye to the cluster and stops. Others see {@link MemberState#LEFT}, not a death. */
    @Override
    void close();
}
