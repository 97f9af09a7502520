package io.holdfast.sharding.entity;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How many calls, with how many bytes, are under way. Safe for use by many threads. */
final class CallBound {
    private final EntityLimits limits;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    CallBound(EntityLimits limits) {
        this.limits = limits;
    }

    /** Whether one more may begin; if so it has to leave. */
    boolean enter(int size) {
        int count = calls.incrementAndGet();
        if (bytes.addAndGet(size) <= limits.callBytes() && count <= limits.calls()) {
            return true;
        }
        leave(size);
        return false;
    }

    void leave(int size) {
        calls.decrementAndGet();
        bytes.addAndGet(-size);
    }
}
