package io.holdfast.circuitbreaker;

import io.holdfast.core.env.MonotonicClock;
import io.holdfast.core.telemetry.FlightRecorder;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Notes refused calls in the flight recorder, at most once a second with their number: under overload each single one would push everything else out. */
final class Refusals {
    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final String policy;
    private final String what;
    private final MonotonicClock clock;
    private final FlightRecorder recorder;
    private final LongAdder refused = new LongAdder();
    private final AtomicLong notedNanos;

    Refusals(String policy, String what, MonotonicClock clock, FlightRecorder recorder) {
        this.policy = policy;
        this.what = what;
        this.clock = clock;
        this.recorder = recorder;
        this.notedNanos = new AtomicLong(clock.nanoTime() - INTERVAL_NANOS);
    }

    void note() {
        refused.increment();
        long now = clock.nanoTime();
        long noted = notedNanos.get();
        if (now - noted >= INTERVAL_NANOS && notedNanos.compareAndSet(noted, now)) {
            recorder.record("policy", policy, "refused " + refused.sumThenReset() + " since the last note: " + what);
        }
    }
}
