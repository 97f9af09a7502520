package io.holdfast.circuitbreaker.overload;

import io.holdfast.core.call.Criticality;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Counts calls by class, those that came and those that were refused and why. Safe for use by many threads; {@link #calledFor} by one. */
final class Arrivals {
    /** Why a call was refused. */
    enum Reason {
        LIMIT,
        QUEUE,
        CPU,
        HEAP
    }

    /** Fewer refusals than this share of a class are a burst and no reason to do less for everybody. */
    private static final double NOTICED = 0.01;

    private static final BrownOut.Level[] LEVELS = BrownOut.Level.values();

    private final LongAdder[] came = adders();
    private final LongAdder[][] refused = {adders(), adders(), adders(), adders()};
    private final long[] cameBefore = new long[Demand.CLASSES];
    private final long[] refusedBefore = new long[Demand.CLASSES];

    private static LongAdder[] adders() {
        LongAdder[] made = new LongAdder[Demand.CLASSES];
        for (int i = 0; i < made.length; i++) {
            made[i] = new LongAdder();
        }
        return made;
    }

    void came(Criticality criticality) {
        came[criticality.ordinal()].increment();
    }

    void refused(Criticality criticality, Reason reason) {
        refused[reason.ordinal()][criticality.ordinal()].increment();
    }

    long count(Criticality criticality, Reason reason) {
        return refused[reason.ordinal()][criticality.ordinal()].sum();
    }

    /** The level that what was refused since the last time calls for. */
    BrownOut.Level calledFor() {
        BrownOut.Level level = BrownOut.Level.NONE;
        for (Criticality each : Criticality.values()) {
            int i = each.ordinal();
            long arrivedNow = came[i].sum();
            long refusedNow = refusedAtAll(each);
            long arrivedSince = arrivedNow - cameBefore[i];
            long refusedSince = refusedNow - refusedBefore[i];
            cameBefore[i] = arrivedNow;
            refusedBefore[i] = refusedNow;
            if (refusedSince > 0 && refusedSince >= arrivedSince * NOTICED) {
                level = LEVELS[Math.min(i + 1, LEVELS.length - 1)];
            }
        }
        return level;
    }

    private long refusedAtAll(Criticality criticality) {
        long sum = 0;
        for (Reason reason : Reason.values()) {
            sum += count(criticality, reason);
        }
        return sum;
    }

    /** For the flight recorder: how many were refused since the start, by reason. */
    String reasons() {
        StringBuilder text = new StringBuilder();
        for (Reason reason : Reason.values()) {
            long sum = 0;
            for (Criticality each : Criticality.values()) {
                sum += count(each, reason);
            }
            text.append(text.isEmpty() ? "" : ", ")
                    .append(reason.name().toLowerCase(Locale.ROOT))
                    .append(' ')
                    .append(sum);
        }
        return text.toString();
    }
}
