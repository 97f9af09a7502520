package io.holdfast.sharding.handoff;

import io.holdfast.core.env.MonotonicClock;

/** Until when this node may answer from memory: renewed by the protocol's thread, asked by all. */
final class Lease {
    private final MonotonicClock clock;
    private final HandoffRules rules;
    private volatile long untilNanos;

    Lease(MonotonicClock clock, HandoffRules rules) {
        this.clock = clock;
        this.rules = rules;
        this.untilNanos = clock.nanoTime();
    }

    void renew(long until) {
        untilNanos = until;
    }

    long untilNanos() {
        return untilNanos;
    }

    boolean holds(long until) {
        return rules.holds(until, clock.nanoTime());
    }
}
