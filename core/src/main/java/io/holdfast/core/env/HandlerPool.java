package io.holdfast.core.env;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Platform threads for handlers, where a wake-up costs more than most handlers do. One runner is woken for a burst of tasks and drains their queue. While tasks wait behind a runner, one
 * watcher is awake: it takes the next task itself when no other was taken since it was called, which is what a blocked runner looks like, and calls the next watcher; so blocking handlers
 * get a thread each, one wake-up after the other, and short ones share the threads that are awake.
 *
 * <p>No task is stranded: whoever adds a task afterwards looks for a runner or a watcher, and whoever stops being one afterwards looks for a task.
 */
final class HandlerPool extends AbstractExecutorService {
    private static final Logger log = LoggerFactory.getLogger(HandlerPool.class);
    private static final long TICK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final int TICKS_OF_PATIENCE = 5;

    /** How long a thread rests before it ends. */
    static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String name;
    private final int maxConcurrent;
    private final ThreadFactory factory;
    private final MonotonicClock clock;
    private final Semaphore permits;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedDeque<Worker> idle = new ConcurrentLinkedDeque<>();
    private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final AtomicLong offered = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicInteger workers = new AtomicInteger();
    private final AtomicInteger runners = new AtomicInteger();
    private final AtomicBoolean watched = new AtomicBoolean();
    private final CountDownLatch terminated = new CountDownLatch(1);

    /** A runner was called and has not looked for a task yet: it will call the watcher when one is needed. */
    private volatile boolean runnerComes;

    /** How many tasks had been taken when the watcher was called; written by who has set {@link #watched}. */
    private volatile long takenWhenCalled;

    private volatile boolean stopped;

    private enum Role {
        NONE,
        RUNNER,
        WATCHER
    }

    HandlerPool(String name, int maxConcurrent, ThreadFactory factory, MonotonicClock clock) {
        this.name = name;
        this.maxConcurrent = maxConcurrent;
        this.factory = factory;
        this.clock = clock;
        this.permits = new Semaphore(maxConcurrent);
    }

    @Override
    public void execute(Runnable task) {
        if (stopped) {
            throw new RejectedExecutionException(name + " is shut down");
        }
        if (!permits.tryAcquire()) {
            throw new RejectedExecutionException(name + " runs " + maxConcurrent + " tasks, its limit");
        }
        tasks.offer(task);
        offered.incrementAndGet();
        if (stopped && withdraw(task)) {
            throw new RejectedExecutionException(name + " is shut down");
        }
        try {
            call();
        } catch (OutOfMemoryError noThread) {
            if (withdraw(task)) {
                throw new RejectedExecutionException(name + " got no thread from the system", noThread);
            }
        }
    }

    private boolean withdraw(Runnable task) {
        boolean mine = tasks.remove(task);
        if (mine) {
            offered.decrementAndGet();
            permits.release();
        }
        return mine;
    }

    /** Sees to it that somebody looks at the queue. */
    private void call() {
        if (runners.get() == 0 && runners.compareAndSet(0, 1)) {
            boolean comes = false;
            try {
                runnerComes = true;
                comes = wake(Role.RUNNER);
            } finally {
                if (!comes) {
                    runnerComes = false;
                    runners.decrementAndGet();
                }
            }
        } else if (!runnerComes) {
            callWatcher();
        }
    }

    private void callWatcher() {
        if (watched.get() || !watched.compareAndSet(false, true)) {
            return;
        }
        boolean comes = false;
        try {
            takenWhenCalled = taken.get();
            comes = wake(Role.WATCHER);
        } finally {
            if (!comes) {
                watched.set(false);
            }
        }
    }

    /** False when every thread that may exist is awake; one of them is not in a task then, and looks at the queue before it rests. */
    private boolean wake(Role role) {
        Worker resting = idle.pollFirst();
        if (resting != null) {
            resting.wake(role);
            return true;
        }
        if (workers.incrementAndGet() > maxConcurrent + 1) { // one watches
            workers.decrementAndGet();
            return false;
        }
        boolean started = false;
        try {
            Worker worker = new Worker(role);
            Thread thread = factory.newThread(worker);
            worker.thread = thread;
            threads.add(thread);
            thread.start();
            started = true;
        } finally {
            if (!started) {
                ended();
            }
        }
        return true;
    }

    private void ended() {
        if (workers.decrementAndGet() == 0) {
            terminateIfDone();
        }
    }

    private void terminateIfDone() {
        if (stopped && workers.get() == 0 && tasks.isEmpty()) {
            terminated.countDown();
        }
    }

    private final class Worker implements Runnable {
        private volatile Role role;
        private volatile @Nullable Thread thread;

        Worker(Role role) {
            this.role = role;
        }

        void wake(Role next) {
            role = next;
            LockSupport.unpark(thread);
        }

        @Override
        public void run() {
            try {
                do {
                    Runnable task = role == Role.RUNNER ? first() : watch();
                    if (task != null) {
                        drain(task);
                    }
                } while (rest());
            } finally {
                threads.remove(Thread.currentThread());
                ended();
            }
        }

        private @Nullable Runnable first() {
            runnerComes = false;
            Runnable task = take();
            if (task == null) {
                runners.decrementAndGet();
            }
            return task;
        }

        /** A task that nobody else takes, whose runner this thread is now; or null when it is quiet. */
        private @Nullable Runnable watch() {
            long before = takenWhenCalled;
            long due = offered.get();
            for (int tick = 1; ; tick++) {
                long now = taken.get();
                if (!tasks.isEmpty()) {
                    if (now == before || now < due) {
                        runners.incrementAndGet();
                        watched.set(false);
                        Runnable task = take();
                        if (task == null) {
                            runners.decrementAndGet();
                        }
                        return task;
                    }
                } else if (now == before || stopped) {
                    watched.set(false);
                    return null;
                }
                before = now;
                if (tick % TICKS_OF_PATIENCE == 0) {
                    due = offered.get();
                }
                LockSupport.parkNanos(HandlerPool.this, TICK_NANOS);
                Thread.interrupted();
            }
        }

        private void drain(Runnable first) {
            for (Runnable task = first; task != null; task = take()) {
                runSafely(task);
            }
            runners.decrementAndGet();
        }

        private @Nullable Runnable take() {
            Runnable task = tasks.poll();
            if (task != null) {
                taken.incrementAndGet();
                if (!tasks.isEmpty()) {
                    callSafely(HandlerPool.this::callWatcher);
                }
            }
            return task;
        }

        private void runSafely(Runnable task) {
            Thread current = Thread.currentThread();
            try {
                task.run();
            } catch (Throwable e) {
                current.getUncaughtExceptionHandler().uncaughtException(current, e);
            } finally {
                permits.release();
                Thread.interrupted(); // meant for the task that has ended
            }
        }

        /** False when the thread should end. */
        private boolean rest() {
            role = Role.NONE;
            idle.addFirst(this);
            if (!tasks.isEmpty()) {
                callSafely(HandlerPool.this::call);
            }
            long end = clock.nanoTime() + KEEP_ALIVE_NANOS;
            while (role == Role.NONE) {
                long left = end - clock.nanoTime();
                if ((left <= 0 || stopped) && idle.remove(this)) {
                    return false;
                }
                LockSupport.parkNanos(HandlerPool.this, left);
                Thread.interrupted();
            }
            return true;
        }

        private void callSafely(Runnable caller) {
            try {
                caller.run();
            } catch (OutOfMemoryError noThread) {
                log.error("{} got no thread from the system; its tasks wait for the threads it has", name, noThread);
            }
        }
    }

    @Override
    public void shutdown() {
        stopped = true;
        for (Worker resting : idle) {
            LockSupport.unpark(resting.thread);
        }
        terminateIfDone();
    }

    @Override
    public List<Runnable> shutdownNow() {
        stopped = true;
        List<Runnable> never = new ArrayList<>();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            never.add(task);
            permits.release();
        }
        threads.forEach(Thread::interrupt);
        shutdown();
        return never;
    }

    @Override
    public boolean isShutdown() {
        return stopped;
    }

    @Override
    public boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }
}
