package io.holdfast.testkit.sim;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs each task as an event of the simulation; keeps the bound of the executor that it stands for. */
final class SimExecutor extends AbstractExecutorService {
    private final String name;
    private final int capacity;
    private final Consumer<Runnable> events;
    private int waiting;
    private boolean shutdown;

    SimExecutor(String name, int capacity, Consumer<Runnable> events) {
        this.name = name;
        this.capacity = capacity;
        this.events = events;
    }

    @Override
    public void execute(Runnable task) {
        if (shutdown || waiting >= capacity) {
            throw new RejectedExecutionException(
                    shutdown ? name + " is shut down" : name + " holds " + capacity + " tasks, its limit");
        }
        waiting++;
        events.accept(() -> {
            waiting--;
            task.run();
        });
    }

    @Override
    public void shutdown() {
        shutdown = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown = true;
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return shutdown && waiting == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }
}
