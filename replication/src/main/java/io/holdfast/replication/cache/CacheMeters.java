package io.holdfast.replication.cache;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** The meters of one near cache. Safe for use by many threads. */
final class CacheMeters implements AutoCloseable {
    final LongAdder hits = new LongAdder();
    final LongAdder queuedHits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder stale = new LongAdder();
    final LongAdder refreshes = new LongAdder();
    final LongAdder refusedCalls = new LongAdder();
    final LongAdder refusedQueue = new LongAdder();
    final LongAdder changes = new LongAdder();
    final LongAdder gaps = new LongAdder();
    final LongAdder coalesced = new LongAdder();
    final LongAdder unwritten = new LongAdder();

    private final MeterRegistry registry;
    private final String cache;
    private final List<Meter> registered = new CopyOnWriteArrayList<>();
    private final Timer loadsDone;
    private final Timer loadsFailed;
    private final Timer loadsAgain;
    private final Timer writesDone;
    private final Timer writesNotDone;
    private final Timer writesUnknown;

    CacheMeters(MeterRegistry registry, String cache) {
        this.registry = registry;
        this.cache = cache;
        count(CacheMetric.GET, hits, "result", "hit");
        count(CacheMetric.GET, queuedHits, "result", "queued");
        count(CacheMetric.GET, misses, "result", "miss");
        count(CacheMetric.GET, stale, "result", "stale");
        count(CacheMetric.REFRESH, refreshes);
        count(CacheMetric.REFUSED, refusedCalls, "bound", "calls");
        count(CacheMetric.REFUSED, refusedQueue, "bound", "queue");
        count(CacheMetric.CHANGE, changes, "kind", "key");
        count(CacheMetric.CHANGE, gaps, "kind", "gap");
        count(CacheMetric.COALESCED, coalesced);
        count(CacheMetric.UNWRITTEN, unwritten);
        loadsDone = timer(CacheMetric.LOAD, "done");
        loadsFailed = timer(CacheMetric.LOAD, "failed");
        loadsAgain = timer(CacheMetric.LOAD, "again");
        writesDone = timer(CacheMetric.WRITE, "done");
        writesNotDone = timer(CacheMetric.WRITE, "not_done");
        writesUnknown = timer(CacheMetric.WRITE, "unknown");
    }

    private void count(CacheMetric metric, LongAdder number, String... tags) {
        FunctionCounter.Builder<LongAdder> counter = metric.counter(number, LongAdder::sum);
        registered.add(counter.tags("cache", cache).tags(tags).register(registry));
    }

    private Timer timer(CacheMetric metric, String result) {
        Timer timer = metric.timer().tags("cache", cache, "result", result).register(registry);
        registered.add(timer);
        return timer;
    }

    void gauge(CacheMetric metric, Supplier<Number> reading) {
        registered.add(metric.gauge(reading).tag("cache", cache).register(registry));
    }

    void loaded(long nanos) {
        loadsDone.record(nanos, TimeUnit.NANOSECONDS);
    }

    void loadFailed(long nanos) {
        loadsFailed.record(nanos, TimeUnit.NANOSECONDS);
    }

    void loadAgain(long nanos) {
        loadsAgain.record(nanos, TimeUnit.NANOSECONDS);
    }

    void wrote(long nanos) {
        writesDone.record(nanos, TimeUnit.NANOSECONDS);
    }

    void writeFailed(long nanos, boolean unknown) {
        (unknown ? writesUnknown : writesNotDone).record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Takes the meters out of the registry, so that a cache of the same name may follow. */
    @Override
    public void close() {
        registered.forEach(registry::remove);
    }
}
