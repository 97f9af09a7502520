package io.holdfast.circuitbreaker;

import io.holdfast.core.env.Threads;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;

/**
 * Runs so many calls at once on threads of its own, the others in the order in which they came. The bulkhead before it bounds how many there are. A call has its turn until it says that it is over,
 * which may be after its thread has returned. Safe for use by many threads.
 */
final class CallPool {
    /** What has a turn. */
    interface Turn {
        /** Runs on a thread of the pool; {@code over} ends the turn and is to be run once. */
        void run(Runnable over);
    }

    private final ExecutorService threads;
    private final int size;
    private final Deque<Turn> waiting = new ArrayDeque<>(); // guarded by this
    private int free; // guarded by this
    private boolean closed; // guarded by this

    CallPool(String name, int size, Threads threads) {
        // twice as many: a thread that ends a turn starts the next one before it returns
        this.threads = threads.handlers("holdfast-pool-" + name, 2 * size);
        this.size = size;
        this.free = size;
    }

    void submit(Turn turn) {
        synchronized (this) {
            if (free == 0) {
                waiting.addLast(turn);
                return;
            }
            free--;
        }
        threads.execute(() -> turn.run(this::next));
    }

    /** Whoever gives up before its turn leaves the queue; false if it has had its turn. */
    synchronized boolean withdraw(Turn turn) {
        return waiting.remove(turn);
    }

    private void next() {
        Turn turn;
        synchronized (this) {
            turn = waiting.pollFirst();
            if (turn == null) {
                free++;
                endIfIdle();
                return;
            }
        }
        threads.execute(() -> turn.run(this::next));
    }

    /** Calls under way and in the queue still have their turns; then its threads end. */
    synchronized void close() {
        closed = true;
        endIfIdle();
    }

    private void endIfIdle() {
        if (closed && free == size) {
            threads.shutdown();
        }
    }
}
