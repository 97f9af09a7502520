package io.holdfast.transport.netty;

import io.holdfast.core.transport.Lane;
import io.holdfast.transport.TransportLimits;
import org.jspecify.annotations.Nullable;

/** The three lanes of a connection and which goes first. {@link #reserve}, {@link #release} and the counts are for any thread; the rest belongs to the connection's I/O thread. */
final class Lanes {
    /** In the order in which they go. */
    private static final Lane[] ORDER = Lane.values();

    private final LaneQueue[] queues = new LaneQueue[ORDER.length];

    Lanes(TransportLimits limits) {
        for (Lane lane : ORDER) {
            queues[lane.ordinal()] = new LaneQueue(limits);
        }
    }

    private LaneQueue of(Outgoing item) {
        return queues[item.lane.ordinal()];
    }

    /** Takes room for a message; false if its lane has none. */
    boolean reserve(Outgoing item) {
        return of(item).reserve(item);
    }

    void release(Outgoing item) {
        of(item).release(item);
    }

    void add(Outgoing item) {
        of(item).add(item);
    }

    /** Whether a message of a lane may go now: none waits in its lane or in one that goes before it. */
    boolean nothingBefore(Lane lane) {
        for (int i = 0; i <= lane.ordinal(); i++) {
            if (!queues[i].isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Takes the next message to write; null if none waits. */
    @Nullable Outgoing next() {
        for (LaneQueue queue : queues) {
            Outgoing next = queue.poll();
            if (next != null) {
                return next;
            }
        }
        return null;
    }

    boolean isHalfFull() {
        return queues[0].isHalfFull() || queues[1].isHalfFull() || queues[2].isHalfFull();
    }

    /** Bytes that wait in a lane. */
    long bytes(Lane lane) {
        return queues[lane.ordinal()].bytes();
    }

    /** Bytes that wait in all lanes. */
    long bytes() {
        return queues[0].bytes() + queues[1].bytes() + queues[2].bytes();
    }
}
