package io.holdfast.circuitbreaker.config;

import io.holdfast.core.Check;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import java.time.Duration;
import java.util.Locale;

/**
 * How many calls begin in a period. A call beyond is refused at once with the time until the next period.
 *
 * @param limit how many calls begin in a period
 * @param period how long a period is
 * @param scope whether the limit is that of one node or of the whole cluster
 * @param partition what nodes do with a limit of the whole cluster while they do not see all members
 * @param kind how calls are counted
 * @param burst how many calls may begin at once after a quiet time; for {@code smooth}
 * @param per for whom the limit is: empty for all together, {@code principal}, or {@code baggage:<entry>}
 * @param maxKeys how many principals or entries are counted
 */
public record RateLimitConfig(
        @Doc("How many calls may begin in a period; a further one is refused.")
        int limit,

        @Doc("How long a period is.") @Default("1s") Duration period,

        @Doc("Whether each node may begin so many calls (node), or all nodes of the cluster together (cluster).")
        @Default("node")
        Scope scope,

        @Doc(
                "With scope cluster, what a side of a partition uses: the whole limit (available), or its part of it by members (strict).")
        @Default("available")
        PartitionMode partition,

        @Doc(
                "How calls are counted: from each period's beginning (fixed; up to twice the limit around it), in a window that ends now (sliding), or spread evenly (smooth). With scope cluster: fixed.")
        @Default("fixed")
        Kind kind,

        @Doc("With kind smooth, how many calls may begin at once after a quiet time.") @Default("1")
        int burst,

        @Doc(
                "For whom the limit is: for all together (empty), for each principal (principal), or for each value of a baggage entry (baggage:tenant).")
        @Default("")
        String per,

        @Doc(
                "How many principals or entries are counted; at the bound the one that calls least is forgotten, and begins anew.")
        @Default("10000")
        int maxKeys) {
    private static final String BAGGAGE = "baggage:";

    /** How calls are counted. */
    public enum Kind {
        /** From the beginning of each period. */
        FIXED,
        /** In a window of one period that ends now. */
        SLIDING,
        /** Spread evenly over the period. */
        SMOOTH
    }

    /**
     * Validates the numbers.
     *
     * @param limit 1 to 100,000,000
     * @param period longer than zero
     * @param scope as the component
     * @param partition as the component
     * @param kind as the component
     * @param burst 1 to the limit; 1 unless the kind is smooth
     * @param per as the component
     * @param maxKeys 1 to 1,000,000
     * @throws IllegalArgumentException if a number is out of bounds, or a limit of the cluster is to be counted in another way
     */
    public RateLimitConfig {
        Check.between("limit", limit, 1, 100_000_000);
        Check.positive("period", period);
        Check.between("burst", burst, 1, kind == Kind.SMOOTH ? limit : 1);
        Check.between("max-keys", maxKeys, 1, 1_000_000);
        Check.that(
                per.isEmpty()
                        || per.equals("principal")
                        || (per.startsWith(BAGGAGE) && per.length() > BAGGAGE.length()),
                "per (%s) must be empty, principal, or baggage:<entry>, for instance baggage:tenant",
                per);
        Check.that(
                scope == Scope.NODE || (kind == Kind.FIXED && per.isEmpty()),
                "scope (cluster) cannot be combined with kind (%s) or per (%s): shares of a quota are told for the whole policy; set scope: node or leave them out",
                kind.name().toLowerCase(Locale.ROOT),
                per);
    }

    /**
     * A limit of each node for itself.
     *
     * @param limit 1 to 100,000,000
     * @param period longer than zero
     * @throws IllegalArgumentException if a number is out of bounds
     */
    public RateLimitConfig(int limit, Duration period) {
        this(limit, period, Scope.NODE, PartitionMode.AVAILABLE, Kind.FIXED, 1, "", 10_000);
    }

    /**
     * The same limit for all nodes of the cluster together.
     *
     * @param value what nodes do while they do not see all members
     * @return a copy
     */
    public RateLimitConfig ofCluster(PartitionMode value) {
        return new RateLimitConfig(limit, period, Scope.CLUSTER, value, kind, burst, per, maxKeys);
    }

    /**
     * The same limit, counted in a window that ends now.
     *
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public RateLimitConfig sliding() {
        return new RateLimitConfig(limit, period, scope, partition, Kind.SLIDING, 1, per, maxKeys);
    }

    /**
     * The same limit, spread evenly.
     *
     * @param atOnce how many calls may begin at once after a quiet time, 1 to the limit
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public RateLimitConfig smooth(int atOnce) {
        return new RateLimitConfig(limit, period, scope, partition, Kind.SMOOTH, atOnce, per, maxKeys);
    }

    /**
     * The same limit for each by itself.
     *
     * @param whom {@code principal} or {@code baggage:<entry>}
     * @param keys how many of them are counted
     * @return a copy
     * @throws IllegalArgumentException as the constructor does
     */
    public RateLimitConfig per(String whom, int keys) {
        return new RateLimitConfig(limit, period, scope, partition, kind, burst, whom, keys);
    }

    /**
     * The baggage entry by whose values calls are told apart.
     *
     * @return its name, empty if they are not
     */
    public String baggageEntry() {
        return per.startsWith(BAGGAGE) ? per.substring(BAGGAGE.length()) : "";
    }

    /**
     * The limit as a rate.
     *
     * @return calls a second
     */
    public double perSecond() {
        return limit * 1e9 / period.toNanos();
    }
}
