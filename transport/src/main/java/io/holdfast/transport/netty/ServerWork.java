package io.holdfast.transport.netty;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.transport.Lane;

/** Something that a handler of this node works on for a peer: in the table of its connection by stream id. */
abstract class ServerWork extends Outgoing {
    final InboundWire wire;
    final int stream;
    final int heldBytes;

    ServerWork(InboundWire wire, int stream, Lane lane, int heldBytes) {
        super(lane);
        this.wire = wire;
        this.stream = stream;
        this.heldBytes = heldBytes;
    }

    /** Nobody waits any more; the work has left the table. */
    abstract void onGone();

    /** The peer's subscriber wants more. */
    abstract void onCredit(int items);

    @Override
    final void onDeadline() {
        wire.finish(this);
        onGone();
    }

    @Override
    void refuse(HoldfastException reason) {
        onGone();
    }
}
