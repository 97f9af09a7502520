package io.holdfast.discovery.balance;

import org.jspecify.annotations.Nullable;

/** Chooses one of several instances. It changes no state but its own position: the caller tells the chosen one's {@link Load} when the call begins and ends. */
@FunctionalInterface
public interface Balancer {
    /**
     * Chooses.
     *
     * @param candidates the instances that take calls
     * @param nowNanos the monotonic clock
     * @return one of the candidates, or null if there are none
     */
    @Nullable Candidate choose(Candidates candidates, long nowNanos);
}
