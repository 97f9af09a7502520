package io.holdfast.benchmarks.run;

import io.holdfast.core.Check;
import io.holdfast.core.env.Environment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Begins something at a fixed rate whether or not what was begun before is over, up to a bound of what is under way; what is due beyond it is left out. One run of each instance, in a thread of its own; its
 * other methods are safe for use by many.
 */
public final class OpenLoop implements Runnable {
    private static final long NAP_NANOS = 500_000;

    private final Environment environment;
    private final int perSecond;
    private final int maxUnderWay;
    private final Deed deed;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile boolean stopped;

    /** What is begun at each beat. Called by one thread; must not block. */
    public interface Deed {
        /**
         * Begins it.
         *
         * @param number how many beats came before
         * @param over to be run once when it has ended, by any thread
         */
        void begin(long number, Runnable over);

        /** A beat passes without it, since too much is under way. */
        void leaveOut();
    }

    /**
     * Makes a loop that does not run yet.
     *
     * @param environment tells the time
     * @param perSecond beats a second
     * @param maxUnderWay the bound
     * @param deed what is begun
     */
    public OpenLoop(Environment environment, int perSecond, int maxUnderWay, Deed deed) {
        Check.that(perSecond > 0, "beats a second (%d) must be positive", perSecond);
        this.environment = environment;
        this.perSecond = perSecond;
        this.maxUnderWay = maxUnderWay;
        this.deed = deed;
    }

    /** Beats until it is told to stop. */
    @Override
    public void run() {
        long begin = environment.clock().nanoTime();
        long due = 0;
        while (!stopped) {
            long wanted = (environment.clock().nanoTime() - begin) * perSecond / 1_000_000_000L;
            for (; due < wanted; due++) {
                beat(due);
            }
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    private void beat(long number) {
        if (underWay.incrementAndGet() > maxUnderWay) {
            underWay.decrementAndGet();
            deed.leaveOut();
        } else {
            deed.begin(number, underWay::decrementAndGet);
        }
    }

    /** Ends it; what is under way goes on. */
    public void stop() {
        stopped = true;
    }

    /**
     * What was begun and is not over.
     *
     * @return how many
     */
    public int underWay() {
        return underWay.get();
    }
}
