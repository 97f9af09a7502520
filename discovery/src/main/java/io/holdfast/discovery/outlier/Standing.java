package io.holdfast.discovery.outlier;

import io.holdfast.core.NodeId;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What this node's calls tell of one instance, all methods together, and whether it is in. Counting is for any thread; the transitions are made under the lock of {@link OutlierTable}. */
public final class Standing {
    /** A probe of which nothing was heard for so long makes room for another: 30 s. */
    private static final long PROBE_LIMIT_NANOS = 30_000_000_000L;

    /** One call counts at most so many times the usual latency: a single pause must not stand for a slow instance. */
    private static final double MAX_RELATIVE = 30;

    private static final double FIXED = 1024;

    private final NodeId node;
    private final LongAdder calls = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder paced = new LongAdder();
    private final LongAdder pace = new LongAdder(); // in units of 1 / FIXED
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private final AtomicLong probeSince = new AtomicLong(); // 0 while none is under way
    private volatile Service service;
    private volatile @Nullable Ramp ramp;
    private volatile @Nullable Sample sample;
    private long collectingSince; // guarded by the table
    private String version = ""; // guarded by the table
    private boolean ready; // guarded by the table

    Standing(NodeId node, long nowNanos) {
        this.node = node;
        this.service = new Service.In(0, nowNanos);
        this.collectingSince = nowNanos;
    }

    /**
     * Whose it is.
     *
     * @return the node
     */
    public NodeId node() {
        return node;
    }

    /**
     * How much of its full share an instance in slow start gets.
     *
     * @param nowNanos the monotonic clock
     * @return above 0 to 1
     */
    public double warmth(long nowNanos) {
        Ramp running = ramp;
        if (running == null) {
            return 1;
        }
        double warmth = running.warmth(nowNanos);
        if (warmth >= 1) {
            ramp = null;
        }
        return warmth;
    }

    /**
     * Whether a slow start is under way.
     *
     * @param nowNanos the monotonic clock
     * @return true until it has its full share
     */
    public boolean cold(long nowNanos) {
        return warmth(nowNanos) < 1;
    }

    /**
     * Takes the one place of a probe.
     *
     * @param nowNanos the monotonic clock
     * @return whether this call is a probe; its end must be told
     */
    public boolean claimProbe(long nowNanos) {
        if (!(service instanceof Service.OnProbe)) {
            return false;
        }
        long since = probeSince.get();
        boolean free = since == 0 || nowNanos - since > PROBE_LIMIT_NANOS;
        return free && probeSince.compareAndSet(since, nowNanos == 0 ? 1 : nowNanos);
    }

    void releaseProbe() {
        probeSince.set(0);
    }

    /** Counts a call; gives how many have failed in a row. */
    int count(boolean failed, double relative) {
        calls.increment();
        if (!Double.isNaN(relative)) {
            paced.increment();
            pace.add((long) (Math.min(relative, MAX_RELATIVE) * FIXED));
        }
        if (failed) {
            failures.increment();
            return failuresInARow.incrementAndGet();
        }
        if (failuresInARow.get() != 0) {
            failuresInARow.set(0);
        }
        return 0;
    }

    /** Makes a sample of what was collected if it is enough; what is too old is dropped. */
    boolean collect(OutlierConfig config, long nowNanos) {
        long tooOld = 10 * config.interval().toNanos();
        Sample known = sample;
        if (known != null && nowNanos - known.atNanos() > tooOld) {
            sample = null;
        }
        boolean enough = calls.sum() >= config.minCalls();
        if (enough) {
            long all = calls.sumThenReset();
            long bad = Math.min(all, failures.sumThenReset());
            long timed = paced.sumThenReset();
            double sum = pace.sumThenReset() / FIXED;
            sample = new Sample(new Proportion(all - bad, all), timed == 0 ? 0 : sum / timed, timed, nowNanos);
            collectingSince = nowNanos;
        } else if (nowNanos - collectingSince > tooOld) {
            startOver(nowNanos);
        }
        return enough;
    }

    void startOver(long nowNanos) {
        calls.reset();
        failures.reset();
        paced.reset();
        pace.reset();
        failuresInARow.set(0);
        collectingSince = nowNanos;
    }

    /** The failures of the last sample and since. */
    Proportion recentFailures() {
        Sample known = sample;
        long all = calls.sum() + (known == null ? 0 : known.successes().of());
        long bad = failures.sum() + (known == null ? 0 : known.failures());
        return new Proportion(Math.min(all, bad), all);
    }

    void move(Service next, long nowNanos) {
        service = next;
        sample = null;
        releaseProbe();
        startOver(nowNanos);
    }

    void fade(Service.In next) {
        service = next;
    }

    void warmUp(long nowNanos, SlowStartConfig config) {
        ramp = config.window().isZero() ? null : new Ramp(nowNanos, config);
    }

    void forgiveRow() {
        failuresInARow.set(0);
    }

    void describe(String itsVersion, boolean itsReady) {
        version = itsVersion;
        ready = itsReady;
    }

    Service service() {
        return service;
    }

    @Nullable Sample sample() {
        return sample;
    }

    String version() {
        return version;
    }

    boolean ready() {
        return ready;
    }
}
