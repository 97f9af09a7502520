package io.holdfast.circuitbreaker.shared;

/** A circuit breaker whose knowledge is shared. Safe for use by many threads. */
public interface Circuit {
    /**
     * What it says now.
     *
     * @return its state and counts
     */
    LocalCircuit look();

    /**
     * Does what the cluster's knowledge says. The order counts for a few seconds only: a breaker that hears no further orders goes on by itself.
     *
     * @param order what to do
     */
    void obey(Order order);
}
