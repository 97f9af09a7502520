package io.holdfast.circuitbreaker;

import io.holdfast.circuitbreaker.config.BulkheadConfig;
import io.holdfast.circuitbreaker.resilience4j.Concurrency;
import io.holdfast.core.call.Criticality;
import io.holdfast.core.env.Threads;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/** Refuses attempts while as many run as may. */
record BulkheadGate(
        String policy,
        BulkheadConfig numbers,
        Concurrency room,
        @Nullable CallPool pool,
        Threads threads,
        Refusals refusals)
        implements Gate<BulkheadConfig> {
    static BulkheadGate of(
            String policy, BulkheadConfig numbers, MeterRegistry meters, Threads threads, Refusals refusals) {
        return new BulkheadGate(
                policy,
                numbers,
                new Concurrency(policy, numbers, meters),
                pool(policy, numbers, threads),
                threads,
                refusals);
    }

    private static @Nullable CallPool pool(String policy, BulkheadConfig numbers, Threads threads) {
        return numbers.kind() == BulkheadConfig.Kind.POOL
                ? new CallPool(policy, numbers.maxConcurrent(), threads)
                : null;
    }

    @Override
    public void enter(String place, Criticality criticality) {
        if (!room.enter()) {
            refusals.note();
            throw new BulkheadFullException(
                    policy,
                    "the bulkhead of policy " + policy + " (" + room.places()
                            + (pool == null ? " calls at once" : " calls at once and in its queue")
                            + ") is full and refuses "
                            + place + "; call less often or raise holdfast.policies." + policy
                            + ".bulkhead.max-concurrent");
        }
    }

    @Override
    public void leave(Criticality criticality, Ending ending, long nanos, @Nullable Throwable error) {
        room.leave();
    }

    @Override
    public void withdraw(Criticality criticality, long nanos) {
        room.leave();
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public BulkheadGate changedTo(BulkheadConfig changed) {
        room.change(changed);
        closePool();
        return new BulkheadGate(policy, changed, room, pool(policy, changed, threads), threads, refusals);
    }

    @Override
    public void close() {
        room.close();
        closePool();
    }

    private void closePool() {
        if (pool != null) {
            pool.close();
        }
    }

    @Override
    public String describe() {
        return "bulkhead(" + numbers.maxConcurrent()
                + (numbers.kind() == BulkheadConfig.Kind.POOL ? " on a pool, " + numbers.queue() + " may wait" : "")
                + ")";
    }
}
