package io.holdfast.benchmarks.overload;

import io.holdfast.benchmarks.run.Latencies;
import io.holdfast.core.call.Criticality;
import java.util.concurrent.atomic.LongAdder;

/** What became of the calls, by class. Safe for use by many threads. */
final class Tally {
    private static final int CLASSES = Criticality.values().length;

    private final LongAdder[] offered = adders();
    private final LongAdder[] good = adders();
    private final Latencies latencies = new Latencies();

    private static LongAdder[] adders() {
        LongAdder[] made = new LongAdder[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            made[i] = new LongAdder();
        }
        return made;
    }

    void offered(Criticality criticality) {
        offered[criticality.ordinal()].increment();
    }

    void good(Criticality criticality, long nanos) {
        good[criticality.ordinal()].increment();
        latencies.record(nanos);
    }

    double success(Criticality criticality) {
        long of = offered[criticality.ordinal()].sum();
        return of == 0 ? 0 : (double) good[criticality.ordinal()].sum() / of;
    }

    long offered() {
        long sum = 0;
        for (LongAdder each : offered) {
            sum += each.sum();
        }
        return sum;
    }

    long good() {
        return latencies.count();
    }

    double millis(double quantile) {
        return latencies.micros(quantile) / 1000;
    }
}
