package io.holdfast.circuitbreaker;

import io.holdfast.core.env.Environment;
import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.env.RandomSource;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Scheduler;
import io.holdfast.core.env.Threads;
import io.holdfast.core.env.WallClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Virtual time that moves only when a test says so, or, with {@link #leaping()}, as soon as anybody waits for a timer. Handlers run at once on the thread that hands them over. */
final class ManualEnvironment implements Environment {
    private record Timer(long atNanos, long order, Runnable task) {}

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::atNanos).thenComparingLong(Timer::order));
    private long now = 1_000_000_000L;
    private long order;
    private boolean leaping;
    private Threads pools = new DirectThreads();
    private final AtomicReference<Runnable> atNextRead = new AtomicReference<>(() -> {});

    /** A timer of up to a second is due at once, and time moves to it: for retries of synchronous calls, whose thread waits for the timer. */
    ManualEnvironment leaping() {
        leaping = true;
        return this;
    }

    /** Where the threads of pools come from. */
    void poolThreads(Threads threads) {
        pools = threads;
    }

    void advance(Duration duration) {
        long until = nanoTime() + duration.toNanos();
        for (Optional<Timer> due = due(until); due.isPresent(); due = due(until)) {
            due.get().task().run();
        }
        synchronized (this) {
            now = until;
        }
    }

    private synchronized Optional<Timer> due(long until) {
        Timer next = timers.peek();
        if (next == null || next.atNanos() > until) {
            return Optional.empty();
        }
        timers.poll();
        now = Math.max(now, next.atNanos());
        return Optional.of(next);
    }

    synchronized long nanoTime() {
        return now;
    }

    synchronized int timers() {
        return timers.size();
    }

    /** Runs when the clock is read next, in the midst of what reads it: a place to put in another thread's step. */
    void atNextRead(Runnable step) {
        atNextRead.set(step);
    }

    @Override
    public MonotonicClock clock() {
        return () -> {
            atNextRead.getAndSet(() -> {}).run();
            return nanoTime();
        };
    }

    @Override
    public WallClock wallClock() {
        return () -> Instant.EPOCH.plusNanos(nanoTime());
    }

    @Override
    public Scheduler scheduler() {
        return this::schedule;
    }

    private Registration schedule(Duration delay, Runnable task) {
        Timer timer;
        synchronized (this) {
            timer = new Timer(now + Math.max(0, delay.toNanos()), order++, task);
            timers.add(timer);
        }
        if (leaping && delay.compareTo(Duration.ofSeconds(1)) <= 0) {
            advance(Duration.ofNanos(Math.max(0, delay.toNanos())));
        }
        return () -> {
            synchronized (this) {
                timers.remove(timer);
            }
        };
    }

    @Override
    public RandomSource random() {
        return subsystem -> new Random(subsystem.hashCode());
    }

    @Override
    public Threads threads() {
        return new DirectThreads() {
            @Override
            public ExecutorService handlers(String name, int maxConcurrent) {
                return name.startsWith("holdfast-pool-")
                        ? pools.handlers(name, maxConcurrent)
                        : super.handlers(name, maxConcurrent);
            }
        };
    }

    @Override
    public void close() {}

    private static class DirectThreads implements Threads {
        @Override
        public Thread start(String name, Runnable task) {
            throw new UnsupportedOperationException("policies start no threads of their own");
        }

        @Override
        public ExecutorService handlers(String name, int maxConcurrent) {
            return new Direct();
        }

        @Override
        public ExecutorService serial(String name, int capacity) {
            return new Direct();
        }
    }

    private static final class Direct extends AbstractExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return Collections.emptyList();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
