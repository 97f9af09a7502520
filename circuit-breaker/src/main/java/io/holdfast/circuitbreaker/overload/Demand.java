package io.holdfast.circuitbreaker.overload;

import io.holdfast.core.call.Criticality;

/**
 * Learns how many places each class will want: the most that it had at once in a window, and those that its refused calls would have had (Little's law: refused calls a second times the time
 * that a call takes), falling by a tenth in the length of a window when it wants less. The root of it is added for chance. For use by one thread at a time.
 */
final class Demand {
    static final int CLASSES = Criticality.values().length;
    private static final double KEPT = 0.9;

    private final double[] places = new double[CLASSES];
    private final long[] refusedBefore = new long[CLASSES];

    /**
     * Learns from a window.
     *
     * @param peaks the most that each class had at once
     * @param refused how many calls of each class were refused since the start
     * @param callsAtOnce how many calls at once a call a window is
     * @param windows how many times the configured length it was long
     * @param limit the limit in use
     * @return the places to be held for each class against the classes below it
     */
    long learn(int[] peaks, long[] refused, double callsAtOnce, double windows, int limit) {
        long held = 0;
        double kept = Math.pow(KEPT, windows);
        for (int i = 0; i < CLASSES; i++) {
            double wanted = peaks[i] + Math.min(limit, (refused[i] - refusedBefore[i]) * callsAtOnce);
            refusedBefore[i] = refused[i];
            places[i] = Math.max(wanted, places[i] * kept);
            if (places[i] < 0.5) {
                places[i] = 0;
            }
            held = ByClass.with(held, i, (int) Math.ceil(places[i] + Math.sqrt(places[i])));
        }
        return held;
    }
}
