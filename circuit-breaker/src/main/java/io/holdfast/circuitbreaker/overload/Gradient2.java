package io.holdfast.circuitbreaker.overload;

/**
 * Holds the ratio between how long calls take now and how long they take without a queue at the tolerance: above it the limit falls in proportion, below it grows by its square root, the
 * burst that it leaves room for (Gradient2 of Netflix concurrency-limits, with the queue size of its first Gradient).
 *
 * <p>Different from it: the base is no long average, which creeps up under lasting overload until the limit stands at its maximum, but the mean of the windows that were not full and of those that
 * {@link DrainProbe} has emptied; and the limit falls faster than it rises. Right where calls differ in length, since it compares means and tolerates.
 *
 * @param tolerance how many times longer than without a queue calls may take
 * @param smoothing the share of a change that one window makes
 */
record Gradient2(double tolerance, double smoothing) implements ProbedLimit.Rule {
    private static final double STEEPEST = 0.5;
    private static final double FALLS_FASTER = 2;

    @Override
    public double next(double limit, double rtt, double base, boolean dropped) {
        double gradient = Math.max(STEEPEST, Math.min(1, tolerance * base / rtt));
        double change = limit * gradient + Math.sqrt(limit) - limit;
        double next = limit + change * (change < 0 ? Math.min(1, smoothing * FALLS_FASTER) : smoothing);
        return dropped ? Math.min(limit * ProbedLimit.BACKOFF_AFTER_A_DROP, next) : next;
    }
}
