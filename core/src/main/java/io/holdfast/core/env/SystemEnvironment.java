package io.holdfast.core.env;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGeneratorFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real clocks, timers, chance and threads: the only class that touches them. */
final class SystemEnvironment implements Environment, Threads, Scheduler {
    private static final Logger log = LoggerFactory.getLogger(SystemEnvironment.class);

    private final ScheduledThreadPoolExecutor timers;

    SystemEnvironment() {
        timers = new ScheduledThreadPoolExecutor(1, numbered("holdfast-timer"));
        timers.setRemoveOnCancelPolicy(true);
    }

    @Override
    public MonotonicClock clock() {
        return System::nanoTime;
    }

    @Override
    public WallClock wallClock() {
        return Instant::now;
    }

    @Override
    public Scheduler scheduler() {
        return this;
    }

    @Override
    public RandomSource random() {
        return subsystem -> RandomGeneratorFactory.of("L64X128MixRandom").create(new SecureRandom().nextLong());
    }

    @Override
    public Threads threads() {
        return this;
    }

    @Override
    public ProcessLoad load() {
        return new SystemLoad(clock());
    }

    @Override
    public Registration schedule(Duration delay, Runnable task) {
        ScheduledFuture<?> scheduled = timers.schedule(() -> runSafely(task), nanos(delay), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    private static long nanos(Duration delay) {
        return delay.compareTo(Duration.ofDays(36_500)) > 0
                ? Duration.ofDays(36_500).toNanos()
                : delay.toNanos();
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) { // the executor would keep an Error to itself
            log.error("a timer's task failed; timers go on", e);
        }
    }

    @Override
    public Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public ExecutorService handlers(String name, int maxConcurrent) {
        ExecutorService virtual = VirtualThreads.executorOrNull(name);
        return virtual == null
                ? new HandlerPool(name, maxConcurrent, numbered(name), clock())
                : new HandlerExecutor(virtual, maxConcurrent, name);
    }

    @Override
    public ExecutorService serial(String name, int capacity) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(capacity), numbered(name));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }

    private static ThreadFactory numbered(String name) {
        AtomicLong next = new AtomicLong();
        return task -> {
            Thread thread = new Thread(task, name + "-" + next.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
