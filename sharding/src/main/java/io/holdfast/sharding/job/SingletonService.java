package io.holdfast.sharding.job;

import io.holdfast.sharding.Tenure;

/** A service that is alive on one node of the cluster, where the shard of its name is. Its methods are called one after the other, on threads of their own; they may block. */
public interface SingletonService {
    /**
     * Begins to serve. {@link io.holdfast.core.call.CallContext#fencingToken} is the epoch. It is interrupted if the shard goes meanwhile.
     *
     * @param tenure under which to write what a later owner may refuse
     * @throws Exception any failure: {@link #stop} is called, and after a pause this again, as long as the node has the shard
     */
    void start(Tenure tenure) throws Exception;

    /**
     * Ends to serve, after {@link #start} has returned or thrown: the shard goes, or the service is taken back. The next owner waits for it, for the drain limit at most; then it is interrupted. When the shard is lost nobody waits, and it is interrupted after five seconds.
     *
     * @throws Exception any failure: it is logged
     */
    void stop() throws Exception;
}
