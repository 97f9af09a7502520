package io.holdfast.discovery.swim;

import io.holdfast.core.NodeId;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * How long a member stays suspected before it is declared dead: long while one node accuses it, short once several do independently (Lifeguard, section IV-B, LHA-Suspicion).
 *
 * <p>{@code timeout = max(min, max - (max - min) * log(c + 1) / log(K + 1))} with c accusers beyond the first.
 */
final class Suspicion {
    private final Set<NodeId> accusers = new LinkedHashSet<>();
    private final long minNanos;
    private final long maxNanos;
    private final int confirmations;
    private long startNanos;
    private boolean lost;
    private long lostNanos;

    Suspicion(NodeId accuser, long minNanos, long maxNanos, int confirmations, long startNanos) {
        this.minNanos = minNanos;
        this.maxNanos = maxNanos;
        this.confirmations = confirmations;
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

    long startNanos() {
        return startNanos;
    }

    long deadlineNanos() {
        return startNanos + timeoutNanos();
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
    }
}
