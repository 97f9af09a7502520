package io.holdfast.sharding.job;

import io.holdfast.sharding.Tenure;

/** One of the workers of a pool that is spread over the cluster: a consumer of a partition, for instance. */
@FunctionalInterface
public interface Worker {
    /**
     * Works until it is interrupted, on a thread of its own. The interrupt comes when the partition goes to another node, which waits until this has returned, for the drain limit at most: finish the item at hand and return.
     *
     * @param partition which of them, and under which tenure
     * @throws Exception any failure: it is logged, and after a pause the worker is begun anew, as is one that returns by itself
     */
    void run(Partition partition) throws Exception;

    /**
     * A share of the work that one worker of the cluster has at a time.
     *
     * @param pool the pool's name
     * @param number 0 to {@code of - 1}
     * @param of how many there are
     * @param tenure under which to write what a later owner may refuse; its epoch is the fencing token
     */
    record Partition(String pool, int number, int of, Tenure tenure) {}
}
