package io.holdfast.discovery.swim;

import io.holdfast.core.NodeId;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * How long a member stays suspected before it is declared dead: long while one node accuses it, short once several do independently (Lifeguard, section IV-B, LHA-Suspicion).
 *
 * <p>{@code timeout = max(min, max - (max - min) * log(c + 1) / log(K + 1))} with c accusers beyond the first.
 *
 * <p>Nobody is buried before he was called {@value #CALLS} times, a probe timeout apart, the last of them a probe timeout before the end. Each call names the accusation, so that one answer refutes it.
 * A node holds on to a suspicion that was refuted if it missed the refutation, which gossip brings it about {@code m = retransmits(n)} times: with a loss of p that is a share of
 * {@code exp(-m * (1 - p))} of the nodes. The calls are for these; all of them fail in {@code (1 - (1 - p)^2)^}{@value #CALLS} of the cases. With p = 5 % and n = 100 that is
 * {@code 1e-5 * 9e-7} a node and suspicion. A node that is dead costs {@value #CALLS} messages of each member.
 */
final class Suspicion {
    private static final int CALLS = 6;

    private final Set<NodeId> accusers = new LinkedHashSet<>();
    private final long minNanos;
    private final long maxNanos;
    private final int confirmations;
    private final long callNanos;
    private int callsLeft = CALLS;
    private long nextCallNanos = Long.MAX_VALUE;
    private long startNanos;
    private boolean lost;
    private long lostNanos;

    Suspicion(NodeId accuser, long minNanos, long maxNanos, int confirmations, long callNanos, long startNanos) {
        this.minNanos = minNanos;
        this.maxNanos = maxNanos;
        this.confirmations = confirmations;
        this.callNanos = callNanos;
        this.startNanos = startNanos;
        accusers.add(accuser);
    }

    /** Takes another accuser; false if he is known already or more than K have spoken, so the news need not spread further. */
    boolean confirm(NodeId accuser) {
        return accusers.size() <= confirmations && accusers.add(accuser);
    }

    /** This node and its helpers have lost the member's connections as well: only a short while is left to refute. */
    void lostAfter(long nanos) {
        lost = true;
        lostNanos = nanos;
    }

    /** Who spoke first. */
    NodeId accuser() {
        return accusers.iterator().next();
    }

    boolean lost() {
        return lost;
    }

    /** Sets the first of the last calls, or moves it forward, so that they end with the suspicion; false if it stays, because it is set early enough or was made already. */
    boolean planCalls(long nowNanos) {
        if (callsLeft < CALLS) {
            return false;
        }
        long first = Math.max(nowNanos, startNanos + timeoutNanos() - CALLS * callNanos);
        boolean sooner = first < nextCallNanos;
        nextCallNanos = Math.min(first, nextCallNanos);
        return sooner;
    }

    /** Takes the call that was set for {@code due}; false if another one was set in its place. */
    boolean call(long due, long nowNanos) {
        if (due != nextCallNanos || callsLeft == 0) {
            return false;
        }
        callsLeft--;
        nextCallNanos = nowNanos + callNanos;
        return true;
    }

    boolean calledOut() {
        return callsLeft == 0;
    }

    /** When the next call is to be made or, after the last one, its time is over. */
    long nextCallNanos() {
        return nextCallNanos;
    }

    long startNanos() {
        return startNanos;
    }

    long deadlineNanos() {
        long timeout = startNanos + timeoutNanos();
        return lost ? timeout : Math.max(timeout, nextCallNanos + callsLeft * callNanos);
    }

    long timeoutNanos() {
        if (lost) {
            return Math.min(lostNanos, minNanos);
        }
        if (confirmations == 0) {
            return minNanos;
        }
        double share = Math.log(accusers.size()) / Math.log(confirmations + 1.0);
        return Math.max(minNanos, (long) (maxNanos - (maxNanos - minNanos) * share));
    }

    /** This process stood still: refutations may wait unread, so the time begins anew. */
    void restart(long nowNanos) {
        startNanos = nowNanos;
        callsLeft = CALLS;
        nextCallNanos = Long.MAX_VALUE;
    }
}
