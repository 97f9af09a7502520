package io.holdfast.core.env;

/**
 * All that a node takes from the outside world apart from the network: time, chance, threads.
 *
 * <p>Production code asks here and nowhere else (an ArchUnit test holds that), so that a simulation can answer instead.
 */
public interface Environment extends AutoCloseable {
    /**
     * The real environment of this process. It owns one timer thread, which starts with the first timer.
     *
     * @return a new environment; close it with the node
     */
    static Environment system() {
        return new SystemEnvironment();
    }

    /**
     * The clock for durations and deadlines.
     *
     * @return the clock
     */
    MonotonicClock clock();

    /**
     * The time of day.
     *
     * @return the clock
     */
    WallClock wallClock();

    /**
     * The timers.
     *
     * @return the scheduler
     */
    Scheduler scheduler();

    /**
     * The random numbers.
     *
     * @return the source
     */
    RandomSource random();

    /**
     * The threads.
     *
     * @return the factory
     */
    Threads threads();

    /**
     * A meter of the load of this process.
     *
     * @return a new meter; an environment that does not model load gives one that stands at zero
     */
    default ProcessLoad load() {
        return ProcessLoad.IDLE;
    }

    /** Stops the timers. Executors and threads that were handed out belong to who asked for them. */
    @Override
    void close();
}
