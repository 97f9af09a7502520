package io.holdfast.sharding.work;

import io.holdfast.sharding.Tenure;

/**
 * A function that runs for a shard, on its owner. It may run more than once for one shard, when owners change or answers get lost: it should read, or do what may be done twice. What it commits under the
 * tenure's fence is refused once another node owns the shard. For use by many threads.
 */
@FunctionalInterface
public interface ShardTask {
    /**
     * Runs for one shard. It may block; it is interrupted at the deadline of its {@link io.holdfast.core.call.CallContext} and when nobody waits any more, and holds one of the node's places for functions until it returns.
     *
     * @param tenure the shard, and what to read and write it under
     * @param argument what the caller gave
     * @return the shard's part of the result, at most {@link ShardWork#MAX_BYTES}
     * @throws Exception any failure; the caller finds it in the report
     */
    byte[] run(Tenure tenure, byte[] argument) throws Exception;
}
