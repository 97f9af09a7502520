package io.holdfast.transport.netty;

import org.jspecify.annotations.Nullable;

/**
 * A hashed wheel of deadlines (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987, scheme 6): adding and removing are a few writes. A deadline fires up to
 * two ticks of 4.2 ms late, never early. For one thread.
 */
final class DeadlineWheel {
    /** Length of a tick, as a power of two of nanoseconds: 4.2 ms. */
    static final int TICK_SHIFT = 22;

    /** Slots: a turn takes 4.3 s; what lies further away is passed over until its turn has come. */
    private static final int SLOTS = 1024;

    private final @Nullable Timed[] slots = new @Nullable Timed[SLOTS];
    private long currentTick;
    private int size;

    DeadlineWheel(long nowNanos) {
        currentTick = nowNanos >> TICK_SHIFT;
    }

    int size() {
        return size;
    }

    /** Puts a node in. The time is needed because an empty wheel stands still. */
    void add(Timed node, long deadlineNanos, long nowNanos) {
        if (size == 0) {
            currentTick = nowNanos >> TICK_SHIFT;
        }
        link(node, deadlineNanos);
    }

    private void link(Timed node, long deadlineNanos) {
        // one tick later, so that a deadline never fires early; the past goes to the next tick
        long tick = Math.max(currentTick + 1, (deadlineNanos >> TICK_SHIFT) + 1);
        int slot = (int) (tick & (SLOTS - 1));
        Timed head = slots[slot];
        node.deadlineNanos = deadlineNanos;
        node.wheelSlot = slot;
        node.wheelPrevious = null;
        node.wheelNext = head;
        if (head != null) {
            head.wheelPrevious = node;
        }
        slots[slot] = node;
        size++;
    }

    /** Takes a node out; one that is not in does nothing. */
    void remove(Timed node) {
        if (node.wheelSlot < 0) {
            return;
        }
        Timed previous = node.wheelPrevious;
        Timed next = node.wheelNext;
        if (previous == null) {
            slots[node.wheelSlot] = next;
        } else {
            previous.wheelNext = next;
        }
        if (next != null) {
            next.wheelPrevious = previous;
        }
        node.wheelPrevious = null;
        node.wheelNext = null;
        node.wheelSlot = -1;
        size--;
    }

    /** Fires what is due. */
    void advance(long nowNanos) {
        long target = nowNanos >> TICK_SHIFT;
        // after a long pause one turn sees every slot
        currentTick = Math.max(currentTick, target - SLOTS);
        while (currentTick < target) {
            currentTick++;
            fireSlot((int) (currentTick & (SLOTS - 1)), nowNanos);
        }
    }

    private void fireSlot(int slot, long nowNanos) {
        Timed due = null;
        for (Timed node = slots[slot]; node != null; ) {
            Timed next = node.wheelNext;
            if (node.deadlineNanos - nowNanos <= 0) {
                remove(node);
                node.wheelNext = due;
                due = node;
            }
            node = next;
        }
        // fired after the walk: what a node does may add and remove others
        while (due != null) {
            Timed next = due.wheelNext;
            due.wheelNext = null;
            due.onDeadline();
            due = next;
        }
    }
}
