package io.holdfast.circuitbreaker;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The token bucket that bounds the retries, or the second attempts, of all calls of a policy: a call adds a part of a token, a retry takes a whole one (Finagle's RetryBudget). It starts full, so
 * that a policy with few calls can retry at all. Counted in millionths of a token. Safe for use by many threads.
 */
final class Budget {
    private static final long TOKEN = 1_000_000;

    private final AtomicLong balance;
    private volatile long capacity;
    private volatile long deposit;

    Budget(double ratio, int burst) {
        change(ratio, burst);
        balance = new AtomicLong(capacity);
    }

    /** Takes other numbers; what is saved up stays, up to the new burst. */
    void change(double ratio, int burst) {
        capacity = burst * TOKEN;
        deposit = Math.round(ratio * TOKEN);
    }

    /** A call begins. A full bucket, the usual case, costs one read. */
    void deposit() {
        long current = balance.get();
        while (current < capacity && !balance.compareAndSet(current, Math.min(capacity, current + deposit))) {
            current = balance.get();
        }
    }

    /** A retry or a second attempt wants to begin. */
    boolean withdraw() {
        long current = Math.min(balance.get(), capacity);
        while (current >= TOKEN) {
            long seen = balance.get();
            current = Math.min(seen, capacity);
            if (current >= TOKEN && balance.compareAndSet(seen, current - TOKEN)) {
                return true;
            }
        }
        return false;
    }
}
