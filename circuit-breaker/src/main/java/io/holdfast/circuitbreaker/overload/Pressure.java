package io.holdfast.circuitbreaker.overload;

import io.holdfast.core.call.Criticality;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Turns a share that is used up (processors, heap) into a share of calls to refuse: it grows while the threshold is passed and shrinks while it is not, so that it settles where the threshold is
 * just held and does not swing between all and nothing. From 0 to 1 it is the refused share of the lowest class; from 1 to 2 that of the next, with the lowest refused wholly; and so on.
 * Ticks come from one thread; questions from many.
 */
final class Pressure {
    private static final double STEP = 0.25;
    private static final int GOLDEN = 0x9E3779B9;

    private final double threshold;
    private final int classes;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile double level;

    /**
     * Makes one at rest.
     *
     * @param threshold from which share on calls are refused
     * @param classes how many classes may be refused, counted from the lowest
     */
    Pressure(double threshold, int classes) {
        this.threshold = threshold;
        this.classes = classes;
    }

    void tick(double used) {
        double excess = threshold >= 1 ? -1 : Math.max(-1, Math.min(1, (used - threshold) / (1 - threshold)));
        level = Math.max(0, Math.min(classes, level + STEP * excess));
    }

    /** Multiples of the golden ratio spread evenly whatever the share, so no chance is needed. */
    boolean refuses(Criticality criticality) {
        double share = level - criticality.ordinal();
        if (share <= 0) {
            return false;
        }
        return share >= 1 || (turn.incrementAndGet() * GOLDEN >>> 1) < share * Integer.MAX_VALUE;
    }

    double level() {
        return level;
    }
}
