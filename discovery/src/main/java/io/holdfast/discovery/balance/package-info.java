/**
 * Chooses which instance of a service takes the next call. Start at {@link io.holdfast.discovery.balance.BalancePolicy}; {@link io.holdfast.discovery.balance.Candidates} holds what the
 * choosers look at, {@link io.holdfast.discovery.balance.Rendezvous} chooses by key. A choice allocates nothing and takes well under 100 ns. All types are safe for use by many threads.
 *
 * <p>Sources: two random choices are exponentially better than one (Mitzenmacher, "The power of two choices in randomized load balancing", IEEE TPDS 2001); peak EWMA as a load that
 * notices a slow instance at its first slow answer (Finagle, {@code PeakEwma}); a fast failure counts as a slow answer, or a broken instance would attract the traffic.
 */
@NullMarked
package io.holdfast.discovery.balance;

import org.jspecify.annotations.NullMarked;
