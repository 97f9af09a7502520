package io.holdfast.replication.cache;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import io.holdfast.replication.cache.Writes.Queued;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The writes that wait: one for each key, the last one; at most one of a key is under way. Does nothing by itself: who uses it sends what it gives. Safe for use by many threads.
 */
final class WriteQueue<K, V> {
    /** No write waits. */
    static final long NOTHING = Long.MAX_VALUE;

    /** What became of an offer. */
    enum Offer {
        QUEUED,
        COALESCED,
        FULL,
        CLOSED
    }

    /** A write to be sent now. */
    record Sent<K, V>(K key, Queued<V> write) {}

    private record Due<K>(long atNanos, long order, K key) {}

    private static final class Slot<V> {
        private volatile Queued<V> last;
        private boolean underWay;
        private int failures;
        private @Nullable Throwable error;

        Slot(Queued<V> last) {
            this.last = last;
        }
    }

    private final WriteBehindOptions options;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentHashMap<K, Slot<V>> slots = new ConcurrentHashMap<>();
    private final PriorityQueue<Due<K>> due = new PriorityQueue<>(WriteQueue::compare);
    private long numbers;
    private int underWay;
    private boolean closed;

    WriteQueue(WriteBehindOptions options, RandomGenerator random) {
        this.options = options;
        this.random = random;
    }

    private static int compare(Due<?> one, Due<?> other) {
        long earlier = one.atNanos - other.atNanos; // readings of the clock are compared by subtraction
        return earlier == 0 ? Long.compare(one.order, other.order) : Long.signum(earlier);
    }

    private <T> T locked(Supplier<T> step) {
        lock.lock();
        try {
            return step.get();
        } finally {
            lock.unlock();
        }
    }

    Offer offer(K key, Optional<V> value, long nowNanos) {
        return locked(() -> {
            if (closed) {
                return Offer.CLOSED;
            }
            Queued<V> write = new Queued<>(value, ++numbers);
            Slot<V> waiting = slots.get(key);
            if (waiting != null) {
                waiting.last = write;
                return Offer.COALESCED;
            }
            if (slots.size() >= options.maxQueued()) {
                return Offer.FULL;
            }
            slots.put(key, new Slot<>(write));
            due.add(new Due<>(nowNanos + options.delay().toNanos(), numbers, key));
            return Offer.QUEUED;
        });
    }

    /** The last write of a key that is not done, or null. Takes no lock. */
    @Nullable Queued<V> last(K key) {
        Slot<V> slot = slots.get(key);
        return slot == null ? null : slot.last;
    }

    int size() {
        return slots.size();
    }

    /** A write that is due, unless a whole batch is under way. The caller sends it and tells what became of it. */
    @Nullable Sent<K, V> take(long nowNanos) {
        lock.lock();
        try {
            Due<K> next = due.peek();
            if (next == null || underWay >= options.batch() || next.atNanos - nowNanos > 0) {
                return null;
            }
            due.poll();
            Slot<V> slot = slots.get(next.key);
            if (slot == null) {
                throw new IllegalStateException("a write is due of a key that has none");
            }
            slot.underWay = true;
            underWay++;
            return new Sent<>(next.key, slot.last);
        } finally {
            lock.unlock();
        }
    }

    /** When the next is due if it may be sent by then, else {@link #NOTHING}: the end of one that is under way makes room. */
    long nextDue() {
        return locked(() -> {
            Due<K> next = due.peek();
            return next == null || underWay >= options.batch() ? NOTHING : next.atNanos;
        });
    }

    void written(Sent<K, V> sent, long nowNanos) {
        locked(() -> {
            Slot<V> slot = back(sent);
            if (slot != null && !finish(sent, slot)) {
                slot.failures = 0;
                again(sent.key, nowNanos + options.delay().toNanos());
            }
            return true;
        });
    }

    /**
     * A write failed: it is tried again after a pause if that helps, or its later one is written instead.
     *
     * @return whether it is given up
     */
    boolean failed(Sent<K, V> sent, Throwable error, long nowNanos) {
        return locked(() -> {
            Slot<V> slot = back(sent);
            if (slot == null) {
                return false;
            }
            slot.error = error;
            boolean retry = error instanceof HoldfastException known && known.retry() != Retry.NEVER;
            if (!retry && finish(sent, slot)) {
                return true;
            }
            slot.failures = retry ? slot.failures + 1 : 0;
            again(
                    sent.key,
                    nowNanos + (retry ? pause(slot.failures) : options.delay().toNanos()));
            return false;
        });
    }

    private @Nullable Slot<V> back(Sent<K, V> sent) {
        Slot<V> slot = slots.get(sent.key);
        if (slot != null) {
            slot.underWay = false;
            underWay--;
        }
        return slot;
    }

    private boolean finish(Sent<K, V> sent, Slot<V> slot) {
        return slot.last.number() == sent.write.number() && slots.remove(sent.key, slot);
    }

    private void again(K key, long atNanos) {
        due.add(new Due<>(atNanos, ++numbers, key));
    }

    private long pause(int failures) {
        long longest = options.maxRetryPause().toNanos();
        long pause = Math.min(longest, options.retryPause().toNanos() << Math.min(failures - 1, 20));
        return pause - random.nextLong(pause / 2 + 1);
    }

    /** Takes no more, and lets all that waits be due now; what fails from now on waits for its pause. */
    void close(long nowNanos) {
        locked(() -> {
            closed = true;
            List<Due<K>> waiting = List.copyOf(due);
            due.clear();
            waiting.forEach(each -> due.add(new Due<>(nowNanos, each.order, each.key)));
            return true;
        });
    }

    boolean isClosedAndEmpty() {
        return locked(() -> closed && slots.isEmpty());
    }

    /** Gives up what is left. */
    List<Unwritten<K, V>> abandon() {
        return locked(() -> {
            List<Unwritten<K, V>> rest = new ArrayList<>();
            slots.forEach((key, slot) -> rest.add(new Unwritten<>(
                    key, slot.last.value(), slot.underWay || unknown(slot), Optional.ofNullable(slot.error))));
            slots.clear();
            due.clear();
            return rest;
        });
    }

    private static boolean unknown(Slot<?> slot) {
        Throwable error = slot.error;
        return error != null && OriginCalls.unknown(error);
    }
}
