package io.holdfast.sharding.job;

import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.sharding.ShardTenant;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.ShardMap;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** The jobs of a node, which it is told of its shards. Safe for use by many threads. */
public final class ShardJobs implements ClusterJobs, ShardTenant, AutoCloseable {
    private final Scope scope;
    private final Telemetry telemetry;
    private final JobThread thread;
    private final BodyRunner runner;
    private final Runnable end;
    /** Longer than a service that was interrupted late may take. */
    private static final Duration LAST_WAIT = ServiceStay.LAST_STOP.plusSeconds(2);

    private final Environment environment;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Residents residents;

    /**
     * Where the jobs live.
     *
     * @param self this node
     * @param map the map that says in which shard a job lives, so that all nodes say the same whatever they are configured to; empty until this node has read it, and never again once it is told of a shard
     * @param tables the table of a shard's group, as this node sees it
     */
    public record Scope(NodeId self, Supplier<Optional<ShardMap>> map, IntFunction<ReplicatedTable> tables) {}

    ShardJobs(Environment environment, Scope scope, Telemetry telemetry, BodyRunner runner, Runnable end) {
        this.environment = environment;
        this.scope = scope;
        this.telemetry = telemetry;
        this.thread = new JobThread(environment);
        this.runner = runner;
        this.end = end;
        this.residents = new Residents(scope.map(), thread);
    }

    /**
     * Starts without any job.
     *
     * @param environment clocks and threads
     * @param scope where they live
     * @param telemetry where runs are counted and decisions noted
     * @return the jobs; close them after their shards were drained or stopped
     */
    public static ShardJobs start(Environment environment, Scope scope, Telemetry telemetry) {
        ExecutorService threads = environment.threads().handlers("holdfast-job", Residents.MAX);
        return new ShardJobs(environment, scope, telemetry, new ThreadRunner(threads), threads::shutdown);
    }

    @Override
    public Hosted schedule(String name, Schedule schedule, JobBody body) {
        JobDuty.Job job = new JobDuty.Job(Check.label("job", name), schedule, body, scope.self());
        return residents.host(Map.of(jobKey(name), tenure -> JobDuty.begin(job, tenure, thread, runner, telemetry)));
    }

    private static String jobKey(String name) {
        return "job/" + name;
    }

    @Override
    public Hosted singleton(String name, SingletonService service) {
        String key = "singleton/" + Check.label("singleton", name);
        return residents.host(Map.of(key, stays(new ServiceStay.Life(key, service::start, true, service::stop))));
    }

    private Stay.Resident stays(ServiceStay.Life life) {
        return tenure -> ServiceStay.begin(life, tenure, thread, runner, telemetry);
    }

    @Override
    public Hosted workers(String pool, int count, Worker worker) {
        String key = "pool/" + Check.label("pool", pool);
        Check.between("workers of pool " + pool, count, 1, Residents.MAX);
        Map<String, Stay.Resident> partitions = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            ServiceStay.Start start = tenure -> worker.run(new Worker.Partition(pool, number, count, tenure));
            partitions.put(key + "/" + i, stays(new ServiceStay.Life(key, start, false, () -> {})));
        }
        return residents.host(partitions);
    }

    @Override
    public CompletionStage<Optional<JobRecord>> report(String job, Deadline deadline) {
        Optional<ShardMap> map = scope.map().get();
        if (map.isEmpty()) {
            return CompletableFuture.failedFuture(new UnavailableException("job " + job + " is in a shard that node "
                    + scope.self() + " cannot tell: it has not read the shard map yet; wait until the node is ready"));
        }
        return scope.tables()
                .apply(map.get().shardOf(jobKey(job)))
                .get(JobRow.key(job), ReadConsistency.LINEARIZABLE, deadline)
                .thenApply(row -> row.map(found -> JobRecordCodec.decode(found.value())));
    }

    @Override
    public CompletionStage<?> warm(int shard) {
        return residents.warm(shard);
    }

    @Override
    public void serve(int shard, Tenure tenure) {
        residents.serve(shard, tenure);
    }

    @Override
    public CompletionStage<?> drain(int shard) {
        return residents.drain(shard);
    }

    @Override
    public void stop(int shard) {
        residents.stop(shard);
    }

    /** Interrupts what is under way and waits until services have stopped, for seven seconds at most; then ends the threads. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        CompletableFuture<?> over = residents.end();
        Registration late = environment.scheduler().schedule(LAST_WAIT, () -> over.complete(null));
        over.join();
        late.close();
        thread.close();
        end.run();
    }
}
