package io.holdfast.core.env;

import java.time.Duration;

/** Runs short tasks later. Tasks must not block: they share one thread with every other timer of the node. */
public interface Scheduler {
    /**
     * Runs a task once, after a delay.
     *
     * @param delay how long from now; zero or less runs it as soon as possible
     * @param task a short task that does not block; an exception it throws is logged and goes no further
     * @return a handle that cancels the task; cancelling a task that has run does nothing
     */
    Registration schedule(Duration delay, Runnable task);
}
