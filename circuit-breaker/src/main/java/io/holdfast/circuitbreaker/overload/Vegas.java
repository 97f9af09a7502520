package io.holdfast.circuitbreaker.overload;

/**
 * Estimates how many calls wait at the callee, {@code limit * (1 - base / now)}, and keeps that number between alpha and beta, both times log10 of the limit (Brakmo and Peterson, "TCP Vegas: End
 * to End Congestion Avoidance on a Global Internet", 1995; the logarithms are those of Netflix concurrency-limits). Shorter queues than with the gradient where all calls take about the same time;
 * where they differ much, chance looks like a queue and the limit is too low.
 *
 * <p>Different from Netflix: a far too long queue is cut in proportion, since a window is many round trips, and the base is no minimum, which the luckiest
 * window would set, but a mean that {@link DrainProbe} measures.
 *
 * @param alpha the shortest queue that is not lengthened, times log10 of the limit
 * @param beta the longest that is not shortened
 */
record Vegas(int alpha, int beta) implements ProbedLimit.Rule {
    @Override
    public double next(double limit, double rtt, double base, boolean dropped) {
        return dropped ? limit * ProbedLimit.BACKOFF_AFTER_A_DROP : limit + step(limit, rtt, base);
    }

    private double step(double limit, double rtt, double base) {
        double log = Math.max(1, Math.log10(limit));
        double queue = Math.ceil(limit * (1 - base / rtt));
        if (queue <= log) {
            return beta * log;
        }
        if (queue < alpha * log) {
            return log;
        }
        return queue > beta * log ? -Math.max(log, (queue - beta * log) / 4) : 0;
    }
}
