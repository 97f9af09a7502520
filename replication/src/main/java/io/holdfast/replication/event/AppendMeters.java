package io.holdfast.replication.event;

import io.holdfast.core.cluster.ReplicatedJournal.Appended;
import io.holdfast.core.env.MonotonicClock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The meters of what is appended to a log. Safe for use by many threads. */
final class AppendMeters {
    private final MonotonicClock clock;
    private final Timer done;
    private final Timer refused;
    private final Timer failed;
    private final Counter events;

    AppendMeters(MeterRegistry registry, String log, MonotonicClock clock) {
        this.clock = clock;
        this.done = timer(registry, log, "done");
        this.refused = timer(registry, log, "refused");
        this.failed = timer(registry, log, "failed");
        this.events = EventMetric.APPENDED.counter().tag("log", log).register(registry);
    }

    private static Timer timer(MeterRegistry registry, String log, String result) {
        return EventMetric.APPEND.timer().tags("log", log, "result", result).register(registry);
    }

    long begin() {
        return clock.nanoTime();
    }

    CompletionStage<Appended> measure(long begin, CompletionStage<Appended> append) {
        return append.whenComplete((appended, failure) -> {
            Timer timer = failure != null ? failed : appended.applied() ? done : refused;
            timer.record(clock.nanoTime() - begin, TimeUnit.NANOSECONDS);
            if (failure == null) {
                events.increment(appended.count());
            }
        });
    }
}
