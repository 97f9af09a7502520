package io.holdfast.sharding.entity;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs what ends the lives of entities, on a few threads of its own: many that leave at once take no place of a call. What waits is bounded by the number of entities in memory. Safe for use by many threads.
 */
final class Leavers {
    private final ExecutorService handlers;
    private final int limit;
    private final Consumer<Runnable> later;
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger working = new AtomicInteger();

    /**
     * Makes it idle.
     *
     * @param handlers gives threads, more than the limit: one that has just become free may still be counted there
     * @param limit how many work at once
     * @param later runs a short task in a while
     */
    Leavers(ExecutorService handlers, int limit, Consumer<Runnable> later) {
        this.handlers = handlers;
        this.limit = limit;
        this.later = later;
    }

    /** Runs a task, which throws nothing, soon; false if that is over. */
    boolean add(Runnable task) {
        if (handlers.isShutdown()) {
            return false;
        }
        waiting.add(task);
        hireOne();
        return !handlers.isShutdown() || !waiting.remove(task);
    }

    private void hireOne() {
        if (hire()) {
            try {
                handlers.execute(this::work);
            } catch (RejectedExecutionException noThread) {
                working.decrementAndGet();
                if (!handlers.isShutdown()) {
                    later.accept(this::hireOne);
                }
            }
        }
    }

    private boolean hire() {
        return working.getAndUpdate(now -> Math.min(limit, now + 1)) < limit;
    }

    /** Whoever has found nothing looks again once it no longer counts: a task may have come meanwhile that hired nobody. */
    private void work() {
        do {
            for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
                next.run();
            }
            working.decrementAndGet();
        } while (!waiting.isEmpty() && hire());
    }

    void close() {
        handlers.shutdown();
    }
}
