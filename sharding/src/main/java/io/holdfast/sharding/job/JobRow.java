package io.holdfast.sharding.job;

import io.holdfast.core.Deadline;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.sharding.Tenure;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The row of a job as its owner reads and writes it, until it succeeds, is fenced, or gives up. For use by the thread of the jobs, one read or write at a time.
 */
final class JobRow {
    private static final Logger LOG = LoggerFactory.getLogger(JobRow.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final int MAX_DOUBLINGS = 6;
    private static final int FAILURES_BEFORE_WARNING = 5;

    /** What became of a write. */
    enum Written {
        /** The row is as it was to be. */
        STANDS,
        /** Something of this tenure that was still under way has come first: the row is to be read anew. */
        OVERTAKEN,
        /** Another owner has the shard. */
        FENCED
    }

    private final String key;
    private final Tenure tenure;
    private final JobThread thread;
    private long version;
    private int failures;
    private boolean over;

    JobRow(String job, Tenure tenure, JobThread thread) {
        this.key = key(job);
        this.tenure = tenure;
        this.thread = thread;
    }

    static String key(String job) {
        return "j/" + job;
    }

    /** Asks nothing more, and calls nobody back. */
    void giveUp() {
        over = true;
    }

    /** Reads the row, as long as it takes. */
    void load(Consumer<Optional<JobRecord>> then) {
        read(key, row -> {
            Optional<JobRecord> job;
            try {
                job = row.map(found -> JobRecordCodec.decode(found.value()));
            } catch (ProtocolException e) {
                failed(e, () -> load(then));
                return;
            }
            version = versionOf(row);
            then.accept(job);
        });
    }

    private void read(String of, Consumer<Optional<ReplicatedTable.Row>> then) {
        thread.ask(() -> tenure.table().get(of, ReadConsistency.LINEARIZABLE, deadline()), (row, error) -> {
            if (over) {
                return;
            }
            if (error == null) {
                failures = 0;
                then.accept(row);
            } else {
                failed(error, () -> read(of, then));
            }
        });
    }

    private static long versionOf(Optional<ReplicatedTable.Row> row) {
        return row.map(ReplicatedTable.Row::version).orElse(0L);
    }

    /**
     * Writes the row, as long as it takes to know.
     *
     * @param then hears what became of it
     */
    void put(JobRecord job, Consumer<Written> then) {
        attempt(JobRecordCodec.encode(job), then);
    }

    private void attempt(byte[] bytes, Consumer<Written> then) {
        thread.ask(() -> commit(bytes), (committed, error) -> {
            if (over) {
                return;
            }
            if (error == null && committed.applied()) {
                version++;
                failures = 0;
                then.accept(Written.STANDS);
            } else {
                resolve(bytes, error == null, then);
            }
        });
    }

    private CompletionStage<ReplicatedTable.Committed> commit(byte[] bytes) {
        return tenure.table()
                .commit(
                        List.of(tenure.fence(), new ReplicatedTable.Condition(key, version)),
                        List.of(ReplicatedTable.Change.put(key, bytes)),
                        deadline());
    }

    /** The same bytes again: if the first attempt comes to pass after all, the second one is refused by the version. */
    private void resolve(byte[] bytes, boolean refused, Consumer<Written> then) {
        read(key, row -> {
            long found = versionOf(row);
            if (found == version + 1
                    && row.filter(own -> Arrays.equals(own.value(), bytes)).isPresent()) {
                version = found;
                then.accept(Written.STANDS);
            } else if (found == version && !refused) {
                later(() -> attempt(bytes, then));
            } else {
                ask(then);
            }
        });
    }

    /** Whose write came first: that of another owner, or of a stay of the same job in this tenure, which was taken back while a commit was under way. */
    private void ask(Consumer<Written> then) {
        ReplicatedTable.Condition fence = tenure.fence();
        read(fence.key(), row -> then.accept(versionOf(row) == fence.version() ? Written.OVERTAKEN : Written.FENCED));
    }

    /** Writes the row if that goes well at once; nobody waits to know. */
    void tryPut(JobRecord job, Runnable then) {
        thread.ask(() -> commit(JobRecordCodec.encode(job)), (committed, error) -> then.run());
    }

    private void failed(Throwable error, Runnable again) {
        if (failures + 1 == FAILURES_BEFORE_WARNING) {
            LOG.warn(
                    "job row {} of shard {} cannot be read in epoch {}; its job waits: {}",
                    key,
                    tenure.shard(),
                    tenure.epoch(),
                    error.toString());
        }
        later(again);
    }

    private void later(Runnable again) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures++, MAX_DOUBLINGS));
        thread.schedule(pause, () -> {
            if (!over) {
                again.run();
            }
        });
    }

    private Deadline deadline() {
        return thread.deadline(PATIENCE);
    }
}
