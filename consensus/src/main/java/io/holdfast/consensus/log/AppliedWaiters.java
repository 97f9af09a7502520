package io.holdfast.consensus.log;

import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** Those who wait until a replica has applied an index. */
final class AppliedWaiters {
    private final LongSupplier applied;
    private final Deadlines deadlines;
    private final TreeMap<Long, List<Waiter<Long>>> waiting = new TreeMap<>();
    private volatile boolean empty = true;

    AppliedWaiters(LongSupplier applied, Deadlines deadlines) {
        this.applied = applied;
        this.deadlines = deadlines;
    }

    private final class IndexWaiter extends Waiter<Long> {
        private final long index;

        IndexWaiter(long index, Deadline deadline) {
            super(deadline);
            this.index = index;
        }

        @Override
        HoldfastException ended(String why) {
            return new UnavailableException("this replica has applied " + applied.getAsLong() + ", not yet " + index
                    + ", and " + why + "; try again or ask with another consistency");
        }
    }

    /** Completes with what is applied once that reaches the index; at once if it has. */
    CompletionStage<Long> await(long index, Deadline deadline) {
        long now = applied.getAsLong();
        if (now >= index) {
            return CompletableFuture.completedFuture(now);
        }
        IndexWaiter waiter = new IndexWaiter(index, deadline);
        synchronized (this) {
            waiting.computeIfAbsent(index, key -> new ArrayList<>(1)).add(waiter);
            empty = false;
        }
        deadlines.add(waiter);
        waiter.result.whenComplete((value, error) -> remove(waiter));
        moved(); // it may have been reached before the waiter was seen
        return waiter.result;
    }

    private synchronized void remove(IndexWaiter waiter) {
        List<Waiter<Long>> same = waiting.get(waiter.index);
        if (same != null && same.remove(waiter) && same.isEmpty()) {
            waiting.remove(waiter.index);
        }
        empty = waiting.isEmpty();
    }

    boolean isEmpty() {
        return empty;
    }

    /** Something was applied. */
    void moved() {
        if (empty) {
            return;
        }
        long now = applied.getAsLong();
        List<Waiter<Long>> reached = new ArrayList<>();
        synchronized (this) {
            Map<Long, List<Waiter<Long>>> passed = waiting.headMap(now, true);
            passed.values().forEach(reached::addAll);
            passed.clear();
            empty = waiting.isEmpty();
        }
        reached.forEach(waiter -> waiter.result.complete(now));
    }

    /** The replica ends. */
    void fail(String why) {
        List<Waiter<Long>> rest = new ArrayList<>();
        synchronized (this) {
            waiting.values().forEach(rest::addAll);
            waiting.clear();
            empty = true;
        }
        rest.forEach(waiter -> waiter.end(why));
    }
}
