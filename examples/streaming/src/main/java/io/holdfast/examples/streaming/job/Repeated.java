package io.holdfast.examples.streaming.job;

import io.holdfast.core.HoldfastException;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a task again and again on a thread of its own, while the node can work. What fails is told in a line and tried again the next time. Safe for use by many threads. */
public final class Repeated implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Repeated.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final String name;
    private final Duration every;
    private final BooleanSupplier able;
    private final Runnable task;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    private Repeated(String name, Duration every, BooleanSupplier able, Runnable task, Environment env) {
        this.name = name;
        this.every = every;
        this.able = able;
        this.task = task;
        this.thread = env.threads().start(name, this::loop);
    }

    /**
     * Starts.
     *
     * @param name says what the thread does
     * @param every the pause between two runs; zero for a task that waits by itself
     * @param able whether the node can work now; a node that leaves or has no cluster cannot
     * @param task what is done
     * @param env gives the thread
     * @return ends it when closed
     */
    public static Repeated start(String name, Duration every, BooleanSupplier able, Runnable task, Environment env) {
        return new Repeated(name, every, able, task, env);
    }

    private void loop() {
        Duration pause = every;
        while (!closedAfter(pause)) {
            boolean good = !able.getAsBoolean() || runs();
            pause = good && able.getAsBoolean() ? every : every.compareTo(AFTER_FAILURE) > 0 ? every : AFTER_FAILURE;
        }
    }

    private boolean runs() {
        try {
            task.run();
            return true;
        } catch (HoldfastException e) {
            if (able.getAsBoolean()) { // a node that leaves breaks off what it does
                log.info("{} failed and is tried again: {}", name, e.getMessage());
            }
        } catch (RuntimeException e) {
            log.warn("{} failed and is tried again", name, e);
        }
        return false;
    }

    private boolean closedAfter(Duration pause) {
        try {
            return closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) { // by the loss of a lease that the task held, or by close
            return closed.getCount() == 0;
        }
    }

    /** Ends it: interrupts what runs, does not wait for it. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
