package io.holdfast.transport.netty;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.transport.Lane;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Many producers, one consumer, no allocation: an intrusive linked queue (Dmitry Vyukov, "Intrusive MPSC node-based queue"). Unbounded in itself; {@link LaneQueue} counts.
 */
final class OutgoingQueue {
    private final Stub stub = new Stub();
    private final AtomicReference<Outgoing> tail = new AtomicReference<>(stub);
    private Outgoing head = stub;

    /** From any thread. */
    void offer(Outgoing item) {
        item.queueNext = null;
        tail.getAndSet(item).queueNext = item;
    }

    /** From the consumer's thread. May return null while a producer is between its two steps; that producer wakes the consumer afterwards. */
    @Nullable Outgoing poll() {
        Outgoing first = head;
        Outgoing next = first.queueNext;
        if (first == stub) {
            if (next == null) {
                return null;
            }
            head = next;
            first = next;
            next = first.queueNext;
        }
        if (next != null) {
            head = next;
            return first;
        }
        if (first != tail.get()) {
            return null;
        }
        offer(stub);
        next = first.queueNext;
        if (next != null) {
            head = next;
            return first;
        }
        return null;
    }

    private static final class Stub extends Outgoing {
        Stub() {
            super(Lane.CONTROL);
        }

        @Override
        int size() {
            return 0;
        }

        @Override
        void write(FrameWriter out) {
            throw new IllegalStateException("the queue's stub is never written");
        }

        @Override
        void refuse(HoldfastException reason) {
            throw new IllegalStateException("the queue's stub is never refused", reason);
        }

        @Override
        void onDeadline() {
            throw new IllegalStateException("the queue's stub has no deadline");
        }
    }
}
