package io.holdfast.node;

import io.holdfast.core.Deadline;
import io.holdfast.sharding.job.ClusterJobs;
import io.holdfast.sharding.job.Hosted;
import io.holdfast.sharding.job.JobBody;
import io.holdfast.sharding.job.JobRecord;
import io.holdfast.sharding.job.Schedule;
import io.holdfast.sharding.job.SingletonService;
import io.holdfast.sharding.job.Worker;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Jobs of a node that takes shards once it hosts one. Safe for use by many threads. */
final class OfferedJobs implements ClusterJobs {
    private final ClusterJobs jobs;
    private final Runnable offer;

    OfferedJobs(ClusterJobs jobs, Runnable offer) {
        this.jobs = jobs;
        this.offer = offer;
    }

    private Hosted offered(Hosted hosted) {
        offer.run();
        return hosted;
    }

    @Override
    public Hosted schedule(String name, Schedule schedule, JobBody body) {
        return offered(jobs.schedule(name, schedule, body));
    }

    @Override
    public Hosted singleton(String name, SingletonService service) {
        return offered(jobs.singleton(name, service));
    }

    @Override
    public Hosted workers(String pool, int count, Worker worker) {
        return offered(jobs.workers(pool, count, worker));
    }

    @Override
    public CompletionStage<Optional<JobRecord>> report(String job, Deadline deadline) {
        return jobs.report(job, deadline);
    }
}
