package io.holdfast.circuitbreaker;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.env.Threads;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs so many calls at once on threads of its own, the others in the order in which they came. The bulkhead before it bounds how many there are. A call has its turn until it says that it is over
 * and its thread has returned, in either order. Safe for use by many threads.
 */
final class CallPool {
    /** Threads that have ended a turn, begun by another thread's word, and are not back in the executor yet: their places there are still taken. */
    private static final int ON_THE_WAY_BACK = 16;

    /** What has a turn. Exactly one of its methods is called, unless it is withdrawn. */
    interface Turn {
        /** Runs on a thread of the pool; {@code over} ends the turn and is to be run once. */
        void run(Runnable over);

        /** No thread is there for it, and nothing was done: it ends with the error. */
        void refused(HoldfastException error);
    }

    private final String policy;
    private final int size;
    private final Threads source;
    private final Deque<Turn> waiting = new ArrayDeque<>(); // guarded by this
    private @Nullable ExecutorService threads; // guarded by this; there while a turn is under way, and until closed
    private int free; // guarded by this
    private boolean closed; // guarded by this

    CallPool(String policy, int size, Threads source) {
        this.policy = policy;
        this.size = size;
        this.source = source;
        this.free = size;
    }

    /** A call that entered the bulkhead before its numbers changed may come after {@link #close()}: it has its turn all the same. */
    void submit(Turn turn) {
        synchronized (this) {
            if (free == 0) {
                waiting.addLast(turn);
                return;
            }
            free--;
        }
        handOver(turn);
    }

    /** Whoever gives up before its turn leaves the queue; false if it has had its turn. */
    synchronized boolean withdraw(Turn turn) {
        return waiting.remove(turn);
    }

    /** Gives a turn a thread, or if there is none refuses it and goes on with those that wait. */
    private void handOver(@Nullable Turn first) {
        for (Turn turn = first; turn != null; turn = next()) {
            Turn given = turn;
            try {
                threads().execute(() -> work(given));
                return;
            } catch (RejectedExecutionException noThread) {
                turn.refused(noThreadFor(noThread));
            }
        }
    }

    private BulkheadFullException noThreadFor(RejectedExecutionException noThread) {
        BulkheadFullException refusal = new BulkheadFullException(
                policy,
                "the bulkhead of policy " + policy + " has no thread for a call whose turn has come ("
                        + noThread.getMessage()
                        + "); nothing was done: try again, and if it lasts, see how many threads"
                        + " the process has or lower holdfast.policies." + policy + ".bulkhead.max-concurrent");
        refusal.addSuppressed(noThread);
        return refusal;
    }

    /** A turn that is over when its thread returns hands the thread on: that costs no wake-up, and cannot fail. */
    private void work(Turn first) {
        for (Turn turn = first; turn != null; ) {
            AtomicBoolean halfOver = new AtomicBoolean();
            turn.run(() -> {
                if (!halfOver.compareAndSet(false, true)) {
                    handOver(next());
                }
            });
            Thread.interrupted(); // what stopped this turn is not meant for the next one
            turn = halfOver.compareAndSet(false, true) ? null : next();
        }
    }

    /** Who has the next turn; null if nobody waits: then the place is free. */
    private synchronized @Nullable Turn next() {
        Turn turn = waiting.pollFirst();
        if (turn == null) {
            free++;
            endIfIdle();
        }
        return turn;
    }

    private synchronized ExecutorService threads() {
        ExecutorService current = threads;
        if (current == null) {
            current = source.handlers("holdfast-pool-" + policy, 2 * size + ON_THE_WAY_BACK);
            threads = current;
        }
        return current;
    }

    /** Calls under way and in the queue still have their turns; then its threads end. */
    synchronized void close() {
        closed = true;
        endIfIdle();
    }

    private void endIfIdle() {
        if (closed && free == size && threads != null) {
            threads.shutdown();
            threads = null;
        }
    }
}
