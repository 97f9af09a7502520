package io.holdfast.sharding.entity;

import org.jspecify.annotations.Nullable;

/** The thread that runs a call, while it does: it can be interrupted then and not a moment later. Safe for use by many threads. */
final class Runner {
    private @Nullable Thread thread; // guarded by this
    private boolean stopped; // guarded by this
    private boolean interrupted; // guarded by this

    /** This thread runs the call from now on; false if it was stopped before. */
    synchronized boolean begin() {
        if (!stopped) {
            thread = Thread.currentThread();
        }
        return !stopped;
    }

    /** The interrupt of {@link #stop} does not outlive the call. */
    synchronized void end() {
        thread = null;
        if (interrupted) {
            Thread.interrupted(); // ours, not the pool's
        }
    }

    synchronized void stop() {
        stopped = true;
        if (thread != null && !interrupted) {
            interrupted = true;
            thread.interrupt();
        }
    }

    synchronized boolean isStopped() {
        return stopped;
    }
}
