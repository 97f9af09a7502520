package io.holdfast.consensus.ratis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** A follower learns with each append what is committed; after the last one nothing would tell it before the next heartbeat, so one is sent as soon as the group is quiet. Any thread. */
final class CommitPush {
    private static final Duration QUIET = Duration.ofMillis(3);

    private final Wiring wiring;
    private final BooleanSupplier idle;
    private final LongSupplier committed;
    private final Runnable beat;
    private final AtomicBoolean waiting = new AtomicBoolean();
    private volatile long sentCommit = -1;
    private volatile long lastSentNanos;

    /**
     * Makes it.
     *
     * @param idle whether nothing is on its way that would tell the follower
     * @param committed what is committed
     * @param beat sends a heartbeat soon
     */
    CommitPush(Wiring wiring, BooleanSupplier idle, LongSupplier committed, Runnable beat) {
        this.wiring = wiring;
        this.idle = idle;
        this.committed = committed;
        this.beat = beat;
    }

    /** An append goes now and tells of this commit index. By who does the work only. */
    void sent(long commit, long nowNanos) {
        sentCommit = Math.max(sentCommit, commit);
        lastSentNanos = nowNanos;
    }

    /** Sends a heartbeat once nothing was sent for a moment, if the follower is behind then. */
    void whenQuiet() {
        if (isBehind() && waiting.compareAndSet(false, true)) {
            wiring.node().environment().scheduler().schedule(QUIET, this::ifQuiet);
        }
    }

    private void ifQuiet() {
        waiting.set(false);
        if (isBehind() && wiring.nowNanos() - lastSentNanos >= QUIET.toNanos()) {
            beat.run();
        } else {
            whenQuiet();
        }
    }

    private boolean isBehind() {
        return sentCommit < committed.getAsLong() && idle.getAsBoolean();
    }
}
