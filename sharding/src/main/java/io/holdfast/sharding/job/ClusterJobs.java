package io.holdfast.sharding.job;

import io.holdfast.core.Deadline;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Jobs, services and workers that run once in the cluster, on whichever node owns the shard of their name. Host them on every node that may own it; a node that owns the shard of a job that it does not host lets its ticks pass, and they are
 * reported as missed later. Safe for use by many threads.
 */
public interface ClusterJobs {
    /**
     * Hosts a job. Each tick is begun once at most in the cluster, and what is not run is reported. It ticks from when the cluster first hears of it; after a change of its schedule, from the change.
     *
     * @param name a DNS label; the job lives in the shard of the key {@code job/<name>}
     * @param schedule when it runs, the same on all nodes
     * @param body what it does
     * @return takes it back from this node
     * @throws IllegalArgumentException if the name is no label, or this node hosts 4,096 already
     * @throws io.holdfast.core.InvalidContractException if this node hosts a job of that name
     */
    Hosted schedule(String name, Schedule schedule, JobBody body);

    /**
     * Hosts a service that is alive on one node at a time.
     *
     * @param name a DNS label; the service lives in the shard of the key {@code singleton/<name>}
     * @param service this node's instance of it
     * @return takes it back from this node
     * @throws IllegalArgumentException if the name is no label, or this node hosts 4,096 already
     * @throws io.holdfast.core.InvalidContractException if this node hosts a service of that name
     */
    Hosted singleton(String name, SingletonService service);

    /**
     * Hosts a pool of workers that are spread over the cluster as the shards are: each partition has one worker at a time.
     *
     * @param pool a DNS label; worker {@code i} lives in the shard of the key {@code pool/<pool>/<i>}
     * @param count how many partitions, the same on all nodes, 1 to 4,096; a few for each node that shall have some
     * @param worker what each does; it is called by as many threads as this node has partitions
     * @return takes all of them back from this node
     * @throws IllegalArgumentException if the name is no label, or this node would host more than 4,096
     * @throws io.holdfast.core.InvalidContractException if this node hosts a pool of that name
     */
    Hosted workers(String pool, int count, Worker worker);

    /**
     * What the cluster knows of a job: what runs, and what became of its last ticks.
     *
     * @param job the job's name
     * @param deadline until when to wait
     * @return the record, read linearizably; empty if no owner has heard of the job. Fails with {@link io.holdfast.core.UnavailableException} if its group does not answer in time, or this node is not ready, and with {@link io.holdfast.core.ProtocolException} if a newer
     *     build has written the record
     */
    CompletionStage<Optional<JobRecord>> report(String job, Deadline deadline);
}
