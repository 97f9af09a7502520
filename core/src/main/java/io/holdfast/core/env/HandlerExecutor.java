package io.holdfast.core.env;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Bounds how many tasks run at once on threads that would otherwise be made without end. */
final class HandlerExecutor extends AbstractExecutorService {
    private final ExecutorService threads;
    private final Semaphore permits;
    private final int maxConcurrent;
    private final String name;

    HandlerExecutor(ExecutorService threads, int maxConcurrent, String name) {
        this.threads = threads;
        this.permits = new Semaphore(maxConcurrent);
        this.maxConcurrent = maxConcurrent;
        this.name = name;
    }

    @Override
    public void execute(Runnable task) {
        if (!permits.tryAcquire()) {
            throw new RejectedExecutionException(name + " runs " + maxConcurrent + " tasks, its limit");
        }
        boolean handedOver = false;
        try {
            threads.execute(() -> {
                try {
                    task.run();
                } finally {
                    permits.release();
                }
            });
            handedOver = true;
        } finally {
            if (!handedOver) {
                permits.release();
            }
        }
    }

    @Override
    public void shutdown() {
        threads.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        return threads.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return threads.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return threads.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return threads.awaitTermination(timeout, unit);
    }
}
