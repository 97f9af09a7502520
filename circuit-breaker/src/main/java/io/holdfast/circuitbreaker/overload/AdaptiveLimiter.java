package io.holdfast.circuitbreaker.overload;

import io.holdfast.circuitbreaker.config.AdaptiveLimitConfig;
import io.holdfast.circuitbreaker.config.SharesConfig;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.MonotonicClock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lets as many calls run at once as a {@link Limit} has learnt, and refuses the others, lowest criticality first.
 *
 * <p>A call is let in if its class has less than its {@link SharesConfig share} of the limit, or if there is room after what the classes above it will want: their demand is learnt from the
 * last windows. So a class takes all room that the classes above it leave, a flood of a lower class never crowds out a higher one, and a class that may be shed wholly can be shed wholly.
 * No more calls run than the limit and the shares together.
 *
 * <p>Safe for use by many threads: one compare-and-set to let a call in, one add to let it out, nothing allocated. Whichever call ends first after a window judges it.
 */
public final class AdaptiveLimiter {
    private static final int MIN_SAMPLES = 10;
    private static final long MAX_WINDOW_NANOS = 10_000_000_000L;
    private static final int ALL = Demand.CLASSES;

    /** What a call is judged by, swapped whole. */
    private record Numbers(int limit, int steady, long guaranteed, long held) {
        /** The highest class is not held back to measure. */
        int limitOf(int ordinal) {
            return ordinal == Demand.CLASSES - 1 ? steady : limit;
        }
    }

    private final MonotonicClock clock;
    private final AtomicLong inflight = new AtomicLong(); // ByClass
    private final LongAdder[] refused = new LongAdder[Demand.CLASSES];

    // the running window; a count that slips into the next one does no harm
    private final LongAdder ended = new LongAdder();
    private final LongAdder endedNanos = new LongAdder();
    private final AtomicIntegerArray peaks = new AtomicIntegerArray(ALL + 1); // of each class, and of all together
    private volatile boolean dropped;
    private volatile long windowEndNanos;

    // guarded by judging
    private final AtomicBoolean judging = new AtomicBoolean();
    private final Demand demand = new Demand();
    private Limit limit;
    private long windowStartNanos;

    private volatile AdaptiveLimitConfig config;
    private volatile long meanNanos;
    private volatile Numbers numbers;

    /**
     * Makes a limiter with nothing running.
     *
     * @param config the numbers
     * @param clock read when a call is refused for what the classes above it will want, since that may be long ago
     */
    public AdaptiveLimiter(AdaptiveLimitConfig config, MonotonicClock clock) {
        this.config = config;
        this.clock = clock;
        this.limit = Limit.of(config);
        this.windowStartNanos = clock.nanoTime();
        this.windowEndNanos = windowStartNanos + config.window().toNanos();
        for (int i = 0; i < refused.length; i++) {
            refused[i] = new LongAdder();
        }
        this.numbers = new Numbers(limit.steady(), limit.steady(), shares(), 0);
    }

    /**
     * Lets a call in, if there is room for its class.
     *
     * @param criticality its class
     * @return whether it may run; if so, {@link #leave} or {@link #withdraw} must follow once
     */
    public boolean enter(Criticality criticality) {
        int mine = criticality.ordinal();
        if (enter(criticality, numbers)) {
            return true;
        }
        boolean heldForOthers = inflight() < numbers.limit();
        if (heldForOthers && judgeIfDue(clock.nanoTime()) && enter(criticality, numbers)) {
            return true;
        }
        refused[mine].increment();
        return false;
    }

    private boolean enter(Criticality criticality, Numbers now) {
        int mine = criticality.ordinal();
        long one = ByClass.one(criticality);
        while (true) {
            long running = inflight.get();
            int own = ByClass.get(running, mine);
            int all = ByClass.sum(running);
            if (all > 0 // who has nothing to do refuses nobody
                    && own >= ByClass.get(now.guaranteed(), mine)
                    && all >= now.limitOf(mine) - ByClass.missingAbove(mine, now.held(), running)) {
                return false;
            }
            if (inflight.compareAndSet(running, running + one)) {
                raise(mine, own + 1);
                raise(ALL, all + 1);
                return true;
            }
        }
    }

    /** Two that come at once may keep the lower one of them, which is one off. */
    private void raise(int which, int value) {
        if (value > peaks.get(which)) {
            peaks.set(which, value);
        }
    }

    /**
     * A call that was let in never came to the callee: as if it had not been let in.
     *
     * @param criticality its class
     */
    public void withdraw(Criticality criticality) {
        inflight.addAndGet(-ByClass.one(criticality));
    }

    /**
     * A call that was let in has ended.
     *
     * @param criticality its class
     * @param outcome what it says
     * @param tookNanos how long it took
     * @param nowNanos the monotonic clock's reading
     */
    public void leave(Criticality criticality, Outcome outcome, long tookNanos, long nowNanos) {
        inflight.addAndGet(-ByClass.one(criticality));
        if (outcome == Outcome.SILENT) {
            return;
        }
        if (outcome == Outcome.DROPPED) {
            dropped = true; // how long it took says when somebody lost patience, not how long the work takes
        } else {
            ended.increment();
            endedNanos.add(tookNanos);
        }
        judgeIfDue(nowNanos);
    }

    /** Whether this thread has looked at the window: a call that ends does, and one that is refused, so that a demand of long ago is forgotten where no call is let in. */
    private boolean judgeIfDue(long nowNanos) {
        if (nowNanos - windowEndNanos < 0 || !judging.compareAndSet(false, true)) {
            return false;
        }
        try {
            judge(nowNanos);
            return true;
        } finally {
            judging.set(false);
        }
    }

    private void judge(long nowNanos) {
        if (nowNanos - windowEndNanos < 0) {
            return; // another one was faster
        }
        long windowNanos = config.window().toNanos();
        long length = Math.max(1, nowNanos - windowStartNanos);
        if (!dropped && ended.sum() < MIN_SAMPLES && length < windowNanos * MIN_SAMPLES) {
            windowEndNanos = nowNanos + windowNanos / 4;
            return;
        }
        long count = ended.sumThenReset();
        long sum = endedNanos.sumThenReset();
        long measured = count == 0 ? 0 : Math.max(1, sum / count);
        long mean = count == 0 ? meanNanos : measured;
        boolean withDrops = dropped;
        dropped = false;
        int next = count == 0 && !withDrops ? numbers.limit() : limit.onWindow(measured, peaks.get(ALL), withDrops);
        double windows = Math.max(1, (double) length / windowNanos);
        numbers = new Numbers(next, limit.steady(), shares(), held((double) mean / length, windows));
        meanNanos = mean;
        windowStartNanos = nowNanos;
        windowEndNanos = nowNanos + Math.min(MAX_WINDOW_NANOS, Math.max(windowNanos, 2 * mean));
    }

    /**
     * Goes on with other numbers from the limit that was learnt so far, as far as it fits them; calls that run stay counted.
     *
     * @param changed the new numbers
     */
    public void change(AdaptiveLimitConfig changed) {
        while (!judging.compareAndSet(false, true)) {
            Thread.onSpinWait(); // a judgement takes a microsecond
        }
        try {
            int kept = (int) Bounds.of(changed).clamp(limit.steady());
            limit = Limit.of(changed.withLimits(kept, changed.minLimit(), changed.maxLimit()));
            config = changed;
            numbers = new Numbers(kept, kept, shares(), numbers.held());
        } finally {
            judging.set(false);
        }
    }

    private long held(double callsAtOnce, double windows) {
        int[] most = new int[Demand.CLASSES];
        long[] turnedAway = new long[Demand.CLASSES];
        long running = inflight.get();
        for (int i = 0; i < Demand.CLASSES; i++) {
            most[i] = peaks.getAndSet(i, ByClass.get(running, i));
            turnedAway[i] = refused[i].sum();
        }
        peaks.set(ALL, ByClass.sum(running));
        return demand.learn(most, turnedAway, callsAtOnce, windows, limit.steady());
    }

    /** A class with a share has one place at least. */
    private long shares() {
        long places = 0;
        for (Criticality each : Criticality.values()) {
            int share = (int) Math.ceil(config.shares().of(each) * limit.steady());
            places = ByClass.with(places, each.ordinal(), share);
        }
        return places;
    }

    /**
     * How many calls may run at once now.
     *
     * @return the limit; for two windows of each hundred or so a quarter of it, to measure
     */
    public int limit() {
        return numbers.limit();
    }

    /**
     * How many calls run.
     *
     * @return all classes together
     */
    public int inflight() {
        return ByClass.sum(inflight.get());
    }

    /**
     * How many calls of a class run.
     *
     * @param criticality the class
     * @return their number
     */
    public int inflight(Criticality criticality) {
        return ByClass.get(inflight.get(), criticality.ordinal());
    }

    /**
     * How many calls of a class were refused since the start.
     *
     * @param criticality the class
     * @return their number
     */
    public long refused(Criticality criticality) {
        return refused[criticality.ordinal()].sum();
    }

    /**
     * How long calls took in the last window, on average: a good time to wait before another try.
     *
     * @return nanoseconds; 0 before the first window has ended
     */
    public long meanNanos() {
        return meanNanos;
    }
}
