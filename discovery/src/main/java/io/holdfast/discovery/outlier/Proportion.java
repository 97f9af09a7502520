package io.holdfast.discovery.outlier;

import io.holdfast.core.Check;

/**
 * A share that was counted, and what may be said of the true one: the Wilson score interval (Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927), which
 * holds for few counts and for shares near 0 and 1 too. Immutable.
 *
 * @param hits how many of them
 * @param of how many in all, zero or more
 */
public record Proportion(long hits, long of) {
    /**
     * Validates the counts.
     *
     * @param hits as the component
     * @param of as the component
     * @throws IllegalArgumentException if hits is negative or more than all
     */
    public Proportion {
        Check.that(hits >= 0 && hits <= of, "hits (%d) must be between 0 and all (%d)", hits, of);
    }

    /**
     * The share as counted.
     *
     * @return 0 to 1; 0 where nothing was counted
     */
    public double share() {
        return of == 0 ? 0 : (double) hits / of;
    }

    /**
     * The smallest true share that fits the counts.
     *
     * @param z how sure, in standard deviations: 1.64 for 95 %, 3 for 99.9 %, on this side
     * @return 0 to 1; 0 where nothing was counted
     */
    public double lower(double z) {
        return of == 0 ? 0 : Math.max(0, centre(z) - half(z));
    }

    /**
     * The largest true share that fits the counts.
     *
     * @param z how sure, in standard deviations, on this side
     * @return 0 to 1; 1 where nothing was counted
     */
    public double upper(double z) {
        return of == 0 ? 1 : Math.min(1, centre(z) + half(z));
    }

    private double centre(double z) {
        return (share() + z * z / (2.0 * of)) / (1 + z * z / of);
    }

    private double half(double z) {
        double p = share();
        return z / (1 + z * z / of) * Math.sqrt(p * (1 - p) / of + z * z / (4.0 * of * of));
    }

    /**
     * By how much at least this true share is above another: the hybrid score interval of a difference (Newcombe, Statistics in Medicine 17, 1998, method 10).
     *
     * @param other the other share
     * @param z how sure, in standard deviations, on this side
     * @return -1 to 1
     */
    public double excessLower(Proportion other, double z) {
        double down = share() - lower(z);
        double up = other.upper(z) - other.share();
        return share() - other.share() - Math.sqrt(down * down + up * up);
    }

    /**
     * By how much at most this true share is above another.
     *
     * @param other the other share
     * @param z how sure, in standard deviations, on this side
     * @return -1 to 1
     */
    public double excessUpper(Proportion other, double z) {
        double up = upper(z) - share();
        double down = other.share() - other.lower(z);
        return share() - other.share() + Math.sqrt(up * up + down * down);
    }

    @Override
    public String toString() {
        return hits + " of " + of;
    }
}
