package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import java.util.List;
import java.util.function.Supplier;

/** What a node's own side asks of {@link CrdtNode}. */
sealed interface CrdtRequest {
    /**
     * Who else is there. Read in the turn: of two readings on two threads the older could win.
     *
     * @param reading says where they listen, without this node
     */
    record Peers(Supplier<List<Address>> reading) implements CrdtRequest {
        Peers(List<Address> peers) {
            this(() -> peers);
        }
    }

    /** Save what changed now, not when the interval ends. */
    record Save() implements CrdtRequest {}

    /** What was not to be sent before it was saved may be sent: {@link CrdtNode#confirm} was called. Nothing is lost without it but time. */
    record Saved() implements CrdtRequest {}

    /**
     * Tell when an interval is on this disk and acknowledged by other nodes.
     *
     * @param ticket comes back in {@link CrdtEvent.Reached}
     * @param number the interval
     * @param copies how many other nodes
     */
    record Await(long ticket, long number, int copies) implements CrdtRequest {}

    /**
     * Nobody waits any more.
     *
     * @param ticket of {@link Await}
     */
    record Forget(long ticket) implements CrdtRequest {}
}
