package io.holdfast.consensus.log;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Registration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The index that a linearizable read waits for, on the leader: by a {@link TermProbe}; after three of them have failed in a row though it still leads, by an entry without commands. If that is committed, all
 * that was acknowledged before it was proposed stands before it in the log. One round at a time.
 */
final class SafeIndex {
    private static final int PROBES = 3;

    private final GroupContext context;
    private final TermProbe probe;
    private final LeaderBatcher batcher;
    private volatile int failed;
    private volatile boolean proposed;

    SafeIndex(GroupContext context, TermProbe probe, LeaderBatcher batcher) {
        this.context = context;
        this.probe = probe;
        this.batcher = batcher;
    }

    /** A round; it ends, one way or the other. */
    CompletionStage<Long> next() {
        return failed < PROBES || proposed ? probed() : committed();
    }

    private CompletionStage<Long> probed() {
        return probe.round().whenComplete((index, error) -> {
            boolean counts = error != null && batcher.leads();
            failed = counts ? Math.min(PROBES, failed + 1) : 0;
        });
    }

    /** One such entry at most waits for its majority; if it waits too long, probes go on meanwhile. */
    private CompletionStage<Long> committed() {
        proposed = true;
        failed = PROBES - 1;
        CompletableFuture<Long> result = new CompletableFuture<>();
        Registration timer = context.environment()
                .scheduler()
                .schedule(context.config().roundTimeout(), () -> result.completeExceptionally(late()));
        result.whenComplete((index, error) -> timer.close());
        batcher.commitNothing().whenComplete((index, error) -> {
            proposed = false;
            if (error == null) {
                result.complete(index);
            } else {
                result.completeExceptionally(error);
            }
        });
        return result;
    }

    private UnavailableException late() {
        return new UnavailableException("node " + context.self() + " may lead group " + context.group()
                + " no more: neither its term nor an entry was confirmed in time");
    }
}
