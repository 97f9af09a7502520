package io.holdfast.node;

import io.holdfast.core.Deadline;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.sharding.job.ClusterJobs;
import io.holdfast.sharding.job.Hosted;
import io.holdfast.sharding.job.JobBody;
import io.holdfast.sharding.job.JobRecord;
import io.holdfast.sharding.job.Schedule;
import io.holdfast.sharding.job.SingletonService;
import io.holdfast.sharding.job.Worker;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The jobs of the cluster that this node hosts, by annotation or by code, with what its configuration says of them. Safe for use by many threads. */
final class NodeJobs implements ClusterJobs {
    private final NodeId self;
    private final Supplier<ClusterJobs> runtime;
    private final JobsConfig config;
    private final Set<String> taken = new HashSet<>(); // guarded by this

    NodeJobs(NodeId self, Supplier<ClusterJobs> runtime, JobsConfig config) {
        this.self = self;
        this.runtime = runtime;
        this.config = config;
    }

    /** Before anything of an object is hosted, so that a mistake leaves nothing half done. */
    synchronized void check(ClusterWork work) {
        if (!work.isEmpty()) {
            Objects.requireNonNull(runtime.get(), "the jobs of this node");
        }
        work.jobs().forEach(job -> {
            requireFree(jobKey(job.name()));
            config.schedule(job.name(), job.schedule());
        });
        work.singleton().ifPresent(one -> requireFree(singletonKey(one.name())));
    }

    void host(ClusterWork work) {
        work.singleton().ifPresent(one -> singleton(one.name(), one.service()));
        work.jobs().forEach(job -> schedule(job.name(), job.schedule(), job.body()));
    }

    private static String jobKey(String name) {
        return "job " + name;
    }

    private static String singletonKey(String name) {
        return "singleton " + name;
    }

    private void requireFree(String key) {
        if (taken.contains(key)) {
            throw new InvalidContractException(
                    "node " + self + " hosts " + key + " already; host it once, or give one of the two another name");
        }
    }

    @Override
    public Hosted schedule(String name, Schedule schedule, JobBody body) {
        Schedule wins = config.schedule(name, schedule);
        return take(jobKey(name), () -> runtime.get().schedule(name, wins, body));
    }

    @Override
    public Hosted singleton(String name, SingletonService service) {
        return take(singletonKey(name), () -> runtime.get().singleton(name, service));
    }

    @Override
    public Hosted workers(String pool, int count, Worker worker) {
        return take("pool " + pool, () -> runtime.get().workers(pool, count, worker));
    }

    private synchronized Hosted take(String key, Supplier<Hosted> start) {
        requireFree(key);
        Hosted hosted = start.get();
        taken.add(key);
        return () -> hosted.withdraw().whenComplete((any, error) -> free(key));
    }

    private synchronized void free(String key) {
        taken.remove(key);
    }

    @Override
    public CompletionStage<Optional<JobRecord>> report(String job, Deadline deadline) {
        return runtime.get().report(job, deadline);
    }
}
