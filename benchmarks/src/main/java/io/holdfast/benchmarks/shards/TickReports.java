package io.holdfast.benchmarks.shards;

import io.holdfast.HoldfastNode;
import io.holdfast.core.Deadline;
import io.holdfast.core.env.Environment;
import io.holdfast.sharding.job.JobRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Reads what the cluster tells of the job again and again: it keeps the last fifty events only. Runs in a thread of its own. */
final class TickReports implements Runnable {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Environment environment;
    private final HoldfastNode node;
    private final TickLedger ledger;
    private volatile boolean stopped;
    private volatile @Nullable JobRecord last;

    TickReports(Environment environment, HoldfastNode node, TickLedger ledger) {
        this.environment = environment;
        this.node = node;
        this.ledger = ledger;
    }

    @Override
    public void run() {
        while (!stopped) {
            look();
            Pauses.pass(environment, Duration.ofSeconds(1));
        }
    }

    private void look() {
        try {
            Optional<JobRecord> found = node.jobs()
                    .report(TickEffect.JOB, Deadline.after(environment.clock().nanoTime(), LIMIT))
                    .toCompletableFuture()
                    .join();
            found.ifPresent(record -> {
                ledger.told(record.history());
                last = record;
            });
        } catch (CompletionException noAnswer) {
            last = null; // its group has no leader for now; the next look tells more
        }
    }

    /** The latest record; empty if the last look got no answer. */
    Optional<JobRecord> last() {
        return Optional.ofNullable(last);
    }

    void stop() {
        stopped = true;
    }
}
