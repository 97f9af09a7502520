package io.holdfast.consensus.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What waits to be sent, so many items and so many bytes at most. Guarded by the lock of who owns it. */
final class PendingQueue {
    private final int maxItems;
    private final long maxBytes;
    private final Deque<Pending> items = new ArrayDeque<>();
    private long bytes;
    private int ended;

    PendingQueue(int maxItems, long maxBytes) {
        this.maxItems = maxItems;
        this.maxBytes = maxBytes;
    }

    /** Takes an item in; false if it is full. What has ended meanwhile makes room first. */
    boolean offer(Pending pending) {
        if (!fits(pending) && ended > 0) {
            purge();
        }
        if (!fits(pending)) {
            return false;
        }
        items.add(pending);
        bytes += pending.item.length;
        return true;
    }

    private boolean fits(Pending pending) {
        return items.size() < maxItems && bytes + pending.item.length <= maxBytes;
    }

    private void purge() {
        ended = 0;
        items.removeIf(Pending::isDone);
        bytes = items.stream().mapToLong(pending -> pending.item.length).sum();
    }

    /** An item has ended without a result, maybe while it waited here. */
    void onEnded() {
        ended++;
    }

    /** Gives back what was sent in vain, in front of all others and whatever waits already. */
    void addFirst(Pending pending) {
        items.addFirst(pending);
        bytes += pending.item.length;
    }

    @Nullable Pending peek() {
        return items.peek();
    }

    void removeFirst() {
        bytes -= items.remove().item.length;
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    int size() {
        return items.size();
    }

    /** As messages name it. */
    String load() {
        return items.size() + " commands (" + bytes + " bytes)";
    }

    List<Pending> drain() {
        List<Pending> all = new ArrayList<>(items);
        items.clear();
        bytes = 0;
        return all;
    }
}
