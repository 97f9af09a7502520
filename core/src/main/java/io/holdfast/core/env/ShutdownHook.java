package io.holdfast.core.env;

/** Runs a task when the process is told to end (SIGTERM, SIGINT, {@link System#exit}); not when it is killed. */
public final class ShutdownHook {
    private ShutdownHook() {}

    /**
     * Registers a task. Tasks of several hooks run at once, each on a thread of its own, and the process ends when all have returned.
     *
     * @param name the thread's name
     * @param task a task that ends soon
     * @return takes the task back; once the process is ending that does nothing
     */
    public static Registration register(String name, Runnable task) {
        Thread hook = new Thread(task, name);
        Runtime.getRuntime().addShutdownHook(hook);
        return () -> {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException ending) {
                // too late: the hook runs or has run
            }
        };
    }
}
