package io.holdfast.sharding;

import java.util.concurrent.CompletionStage;

/**
 * What lives in shards on a node, and is told when it may act: entities, jobs, consumers. Calls come on one thread, in order for each shard, and must not block. For one shard the order is {@link #warm}
 * or nothing, {@link #serve}, then {@link #drain} or {@link #stop}.
 */
public interface ShardTenant {
    /**
     * This node will probably own the shard soon: a good time to read what will be needed. Nothing read now may be trusted later without asking whether it has changed.
     *
     * @param shard the shard
     * @return completes when it is as warm as it gets; a failure is a completion
     */
    CompletionStage<?> warm(int shard);

    /**
     * This node owns the shard. The fence stands: nothing of an earlier epoch can be written any more.
     *
     * @param shard the shard
     * @param tenure what to write and read under
     */
    void serve(int shard, Tenure tenure);

    /**
     * The shard goes to another node, which waits. Begin nothing new, finish what is under way.
     *
     * @param shard the shard
     * @return completes when nothing is under way any more
     */
    CompletionStage<?> drain(int shard);

    /**
     * The shard is lost, or drained for long enough. Interrupt what is under way; what it writes is refused.
     *
     * @param shard the shard
     */
    void stop(int shard);
}
