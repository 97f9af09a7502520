package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.resilience4j.Concurrency;
import io.holdfast.core.call.Criticality;
import org.jspecify.annotations.Nullable;

/** Refuses attempts while as many run as may. */
record BulkheadGate(String policy, BulkheadConfig numbers, Concurrency room, Refusals refusals)
        implements Gate<BulkheadConfig> {
    @Override
    public void enter(String place, Criticality criticality) {
        if (!room.enter()) {
            refusals.note();
            throw new BulkheadFullException(
                    policy,
                    "the bulkhead of policy " + policy + " (" + room.places() + " calls at once) is full and refuses "
                            + place + "; call less often or raise holdfast.policies." + policy
                            + ".bulkhead.max-concurrent");
        }
    }

    @Override
    public void leave(Criticality criticality, Ending ending, long nanos, @Nullable Throwable error) {
        room.leave();
    }

    @Override
    public void withdraw(Criticality criticality) {
        room.leave();
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public BulkheadGate changedTo(BulkheadConfig changed) {
        room.change(changed);
        return new BulkheadGate(policy, changed, room, refusals);
    }

    @Override
    public void close() {
        room.close();
    }

    @Override
    public String describe() {
        return "bulkhead(" + room.places() + ")";
    }
}
