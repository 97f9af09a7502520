package io.holdfast.benchmarks.shards;

import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.ReplicatedTable.Change;
import io.holdfast.core.env.Environment;
import io.holdfast.sharding.job.JobBody;
import io.holdfast.sharding.job.JobRun;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The body of the job: a row for each run, committed under the fence of the run's tenure. A second run of a tick would be a second row, not the first one again. Safe for use by many threads.
 */
final class TickEffect implements JobBody {
    static final String JOB = "tick";
    static final Duration PERIOD = Duration.ofSeconds(1);
    /** What keys of effects begin with; the tick in milliseconds follows. */
    static final String PREFIX = "x/";

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final byte[] ZERO = {0};

    private final Environment environment;

    TickEffect(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void run(JobRun run) throws Exception {
        long now = environment.clock().nanoTime();
        String key = PREFIX + run.tick().toEpochMilli() + "/"
                + run.tenure().epoch().value() + "-" + ProcessHandle.current().pid() + "-" + now;
        ReplicatedTable.Committed committed = run.tenure()
                .table()
                .commit(List.of(run.tenure().fence()), List.of(Change.put(key, ZERO)), Deadline.after(now, LIMIT))
                .toCompletableFuture()
                .get(2 * LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (!committed.applied()) {
            throw new IllegalStateException("the fence refused the effect of tick " + run.tick());
        }
    }

    /** The tick of an effect. */
    static long tick(String key) {
        return Long.parseLong(key.substring(PREFIX.length(), key.indexOf('/', PREFIX.length())));
    }
}
