package io.holdfast.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Work for somebody who may give up: the thread that does it is then interrupted, the future that it waits for cancelled. Safe for use by many threads. */
public final class StoppableWork {
    private @Nullable Thread runner; // guarded by this
    private @Nullable CompletableFuture<?> pending; // guarded by this
    private boolean stopped; // guarded by this
    private boolean interrupted; // guarded by this

    /** Makes work that has not begun. */
    public StoppableWork() {}

    /**
     * This thread does the work from now on, until {@link #end}.
     *
     * @return false if nobody waits for it any more: then it must not begin
     */
    public synchronized boolean begin() {
        if (!stopped) {
            runner = Thread.currentThread();
        }
        return !stopped;
    }

    /** This thread has done its part: an interrupt of {@link #stop} does not outlive that. */
    public synchronized void end() {
        runner = null;
        if (interrupted) {
            Thread.interrupted(); // ours, not the pool's
        }
    }

    /**
     * The work goes on elsewhere, and is done when a stage is.
     *
     * @param stage is cancelled, if it is a {@link CompletableFuture}, when nobody waits for it any more
     */
    public void await(CompletionStage<?> stage) {
        if (stage instanceof CompletableFuture<?> future) {
            boolean late;
            synchronized (this) {
                pending = future;
                late = stopped;
            }
            if (late) {
                future.cancel(true);
            }
        }
    }

    /** Nobody waits for it any more. What follows the cancelled future runs on this thread. */
    public void stop() {
        CompletableFuture<?> unanswered;
        synchronized (this) {
            stopped = true;
            unanswered = pending;
            if (runner != null) {
                interrupted = true;
                runner.interrupt();
            }
        }
        if (unanswered != null) {
            unanswered.cancel(true);
        }
    }
}
