package io.holdfast.transport.netty;

import io.holdfast.transport.TransportLimits;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What waits in one lane of a connection. {@link #reserve} and {@link #release} count from any thread; the queue belongs to the connection's I/O thread. */
final class LaneQueue {
    private static final int MESSAGE_SHIFT = 38;
    private static final long BYTES_MASK = (1L << MESSAGE_SHIFT) - 1;

    private final ArrayDeque<Outgoing> waiting = new ArrayDeque<>();
    private final long maxMessages;
    private final long maxBytes;

    /** Messages in the upper bits and bytes in the lower ones: one atomic step keeps both. */
    private final AtomicLong held = new AtomicLong();

    LaneQueue(TransportLimits limits) {
        maxMessages = limits.queuedMessages();
        maxBytes = limits.queuedBytes().bytes();
    }

    /** Takes room for a message; false, and nothing taken, if there is none. A message larger than the bound fits into an empty lane. */
    boolean reserve(Outgoing item) {
        int size = item.size();
        long before = held.getAndAdd((1L << MESSAGE_SHIFT) + size);
        boolean fits =
                before == 0 || ((before >>> MESSAGE_SHIFT) < maxMessages && (before & BYTES_MASK) + size <= maxBytes);
        if (fits) {
            item.reserved = size;
        } else {
            held.addAndGet(-(1L << MESSAGE_SHIFT) - size);
        }
        return fits;
    }

    void release(Outgoing item) {
        if (item.reserved >= 0) {
            held.addAndGet(-(1L << MESSAGE_SHIFT) - item.reserved);
            item.reserved = -1;
        }
    }

    long bytes() {
        return held.get() & BYTES_MASK;
    }

    boolean isHalfFull() {
        long now = held.get();
        return (now >>> MESSAGE_SHIFT) * 2 >= maxMessages || (now & BYTES_MASK) * 2 >= maxBytes;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void add(Outgoing item) {
        waiting.add(item);
    }

    @Nullable Outgoing poll() {
        return waiting.poll();
    }
}
