package io.holdfast.testkit.sim;

import io.holdfast.core.env.Environment;
import io.holdfast.core.env.RandomSource;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Scheduler;
import io.holdfast.core.env.Threads;
import io.holdfast.core.env.WallClock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/**
 * An environment in virtual time, for a class that needs clocks and timers but no network. Time stands still until {@link #advance} moves it; timers and the tasks of its
 * executors run on the thread that advances.
 */
public final class SimEnvironment implements Environment {
    /** Turns a task into an event of the node that owns this environment. */
    interface Tasks {
        Kernel.Event event(Runnable task);
    }

    private final Kernel kernel;
    private final SimClock clock;
    private final RandomSource random;
    private final Tasks tasks;
    private boolean closed;

    SimEnvironment(Kernel kernel, long seed, Tasks tasks) {
        this.kernel = kernel;
        // an arbitrary origin, often negative: code that compares readings instead of subtracting them fails here
        this.clock = new SimClock(kernel, Seeds.derive(seed, "clock") >> 2);
        this.random = subsystem -> Seeds.random(seed, "random", subsystem);
        this.tasks = tasks;
    }

    /**
     * An environment of its own.
     *
     * @param seed decides all random numbers and the clock's origin
     * @return the environment, at the beginning of time
     */
    public static SimEnvironment seed(long seed) {
        return new SimEnvironment(new Kernel(), seed, task -> new Kernel.Event() {
            @Override
            void fire() {
                task.run();
            }
        });
    }

    /**
     * Lets time pass: what is due within it runs, in order, on this thread.
     *
     * @param duration how long
     */
    public void advance(Duration duration) {
        long end = kernel.now() + duration.toNanos();
        while (kernel.step(end)) {
            // each step runs one task
        }
        kernel.passTo(end);
    }

    Kernel kernel() {
        return kernel;
    }

    @Override
    public SimClock clock() {
        return clock;
    }

    @Override
    public WallClock wallClock() {
        return clock.wall();
    }

    @Override
    public Scheduler scheduler() {
        return this::schedule;
    }

    private Registration schedule(Duration delay, Runnable task) {
        long due = clock.nanoTime() + Math.max(0, delay.toNanos());
        Timer timer = new Timer(clock, due, task, tasks);
        kernel.add(clock.worldTime(due), timer);
        return timer::cancel;
    }

    @Override
    public RandomSource random() {
        return random;
    }

    /**
     * Executors whose tasks run as events at the same virtual instant. There are no threads.
     *
     * @return the executors
     */
    @Override
    public Threads threads() {
        return new Threads() {
            @Override
            public Thread start(String name, Runnable task) {
                throw new UnsupportedOperationException("a simulation has no threads, so " + name
                        + " cannot start; hand the protocol to SimWorld instead of an EventLoop");
            }

            @Override
            public ExecutorService handlers(String name, int maxConcurrent) {
                return executor(name, maxConcurrent);
            }

            @Override
            public ExecutorService serial(String name, int capacity) {
                return executor(name, capacity);
            }
        };
    }

    private ExecutorService executor(String name, int capacity) {
        return new SimExecutor(name, capacity, task -> kernel.add(kernel.now(), tasks.event(task)));
    }

    /** Stops the timers. */
    @Override
    public void close() {
        closed = true;
    }

    private final class Timer extends Kernel.Event {
        private final SimClock clock;
        private final long due;
        private final Runnable task;
        private final Tasks tasks;
        private boolean cancelled;

        Timer(SimClock clock, long due, Runnable task, Tasks tasks) {
            this.clock = clock;
            this.due = due;
            this.task = task;
            this.tasks = tasks;
        }

        void cancel() {
            cancelled = true;
        }

        @Override
        long retimed(long at) {
            return clock.worldTime(due);
        }

        @Override
        void fire() {
            if (!cancelled && !closed) {
                tasks.event(task).fire();
            }
        }
    }
}
