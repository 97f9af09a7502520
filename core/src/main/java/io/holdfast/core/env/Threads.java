package io.holdfast.core.env;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

/** Where threads come from. Every thread is a daemon and carries a name that says what it does. */
public interface Threads {
    /**
     * Starts a platform thread.
     *
     * @param name the thread's name
     * @param task what it runs
     * @return the started thread
     */
    Thread start(String name, Runnable task);

    /**
     * An executor for handlers written by users, which may block: virtual threads where the running JDK has them (21 and later), otherwise a bounded pool of platform threads.
     *
     * @param name the prefix of the threads' names
     * @param maxConcurrent how many tasks run at once at most; a further task is refused with {@link java.util.concurrent.RejectedExecutionException}
     * @return an executor; close it with {@link ExecutorService#shutdown()}
     */
    ExecutorService handlers(String name, int maxConcurrent);

    /**
     * An executor that runs tasks one after the other on one thread.
     *
     * @param name the thread's name
     * @param capacity how many tasks may wait; a further one is refused with {@link java.util.concurrent.RejectedExecutionException}
     * @return an executor; close it with {@link ExecutorService#shutdown()}
     */
    ExecutorService serial(String name, int capacity);

    /**
     * An executor that runs each task at once on the caller's thread: for stages of a future that only pass a value on.
     *
     * @return the executor
     */
    default Executor direct() {
        return Runnable::run;
    }
}
