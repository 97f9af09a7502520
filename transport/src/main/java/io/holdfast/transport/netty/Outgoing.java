package io.holdfast.transport.netty;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.transport.Lane;
import org.jspecify.annotations.Nullable;

/** Something that waits to be written to a connection: a node of an {@link OutgoingQueue}. */
abstract class Outgoing extends Timed {
    final Lane lane;
    volatile @Nullable Outgoing queueNext;

    /** The bytes that a bounded lane holds for this message, or -1. */
    int reserved = -1;

    Outgoing(Lane lane) {
        this.lane = lane;
    }

    /** About how many bytes it holds while it waits. */
    abstract int size();

    /** Whether anybody still wants it written. */
    boolean wanted() {
        return true;
    }

    /** The connection's I/O thread has taken it over; it will be written, refused or become unwanted. */
    void accepted() {}

    /** Appends the frame. */
    abstract void write(FrameWriter out);

    /** Nothing was written and nothing will be. May be called twice, and from any thread. */
    abstract void refuse(HoldfastException reason);
}
