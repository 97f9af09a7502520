package io.holdfast.core.env;

/** A thread that reads and writes sockets for many callers. Code that may block refuses to run on one: it would wait for an answer that only this thread can read. */
public interface IoThread {
    /**
     * Whether the running thread is one.
     *
     * @return true if it must not block
     */
    static boolean isCurrent() {
        return Thread.currentThread() instanceof IoThread;
    }
}
