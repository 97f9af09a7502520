package io.holdfast.circuitbreaker;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Interrupts a thread at most once, while it does one thing. The interrupt is either taken back or never sent: it does not reach what the thread does next. Made on the thread that may be
 * interrupted.
 */
final class Interruption {
    private enum State {
        RUNNING,
        INTERRUPTING,
        INTERRUPTED,
        ENDED
    }

    private final Thread thread = Thread.currentThread();
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

    /** Interrupts the thread if it has not ended yet. */
    void fire() {
        if (state.compareAndSet(State.RUNNING, State.INTERRUPTING)) {
            thread.interrupt();
            state.set(State.INTERRUPTED);
        }
    }

    /** The thread has ended what it did, and says so itself; true if it was interrupted. */
    boolean ended() {
        if (state.compareAndSet(State.RUNNING, State.ENDED) || state.get() == State.ENDED) {
            return false;
        }
        while (state.get() != State.INTERRUPTED) {
            Thread.onSpinWait();
        }
        Thread.interrupted();
        return true;
    }
}
