package io.holdfast.circuitbreaker.overload;

import io.holdfast.core.call.Criticality;

/** Four numbers of 16 bits, one for each {@link Criticality}, in one long: so that all of them change in one compare-and-set. */
final class ByClass {
    /** What fits. */
    static final int MAX = 0xFFFF;

    private static final int BITS = 16;

    private ByClass() {}

    static long one(Criticality criticality) {
        return 1L << criticality.ordinal() * BITS;
    }

    static int get(long packed, int ordinal) {
        return (int) (packed >>> ordinal * BITS) & MAX;
    }

    static long with(long packed, int ordinal, int value) {
        int shift = ordinal * BITS;
        return packed & ~((long) MAX << shift) | (long) Math.min(MAX, value) << shift;
    }

    static int sum(long packed) {
        return get(packed, 0) + get(packed, 1) + get(packed, 2) + get(packed, 3);
    }

    /** How much of what the classes above want they do not have yet. */
    static int missingAbove(int ordinal, long wanted, long had) {
        int missing = 0;
        for (int above = ordinal + 1; above < Demand.CLASSES; above++) {
            missing += Math.max(0, get(wanted, above) - get(had, above));
        }
        return missing;
    }
}
