package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.storage.Pace;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Registration;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When snapshots are written, beside apply. Ratis' updater thread calls {@link #take} twice for each: first it captures the state and returns the old index; when the file is
 * durable, a second call makes it known and lets Ratis purge the log. So nothing is purged that a finished file does not hold.
 */
final class Snapshots {
    private static final Logger log = LoggerFactory.getLogger(Snapshots.class);
    private static final Duration WRITER_ENDS = Duration.ofSeconds(10);

    private final Replica replica;
    private final EntryApplier applier;
    private final SnapshotStore store;
    private final RaftConfig config;
    private final ExecutorService writer;
    private final Registration timer;

    // guarded by this
    private long entries;
    private long bytes;
    private long published = RaftLog.INVALID_LOG_INDEX;
    private boolean writing;
    private boolean closed;
    private boolean publishedNow;
    private @Nullable SnapshotFile finished;
    private @Nullable Registration nextTimer;

    Snapshots(Replica replica, EntryApplier applier, SnapshotStore store) {
        this.replica = replica;
        this.applier = applier;
        this.store = store;
        this.config = replica.wiring().node().config();
        this.writer = replica.wiring()
                .node()
                .environment()
                .threads()
                .serial("raft-" + replica.wiring().group() + "-snapshot", 2);
        this.timer = () -> {
            if (nextTimer != null) {
                nextTimer.close();
            }
        };
        schedule();
    }

    private synchronized void schedule() {
        if (!closed) {
            nextTimer = replica.wiring().node().environment().scheduler().schedule(config.snapshotInterval(), () -> {
                onInterval();
                schedule();
            });
        }
    }

    private void onInterval() {
        boolean due;
        synchronized (this) {
            due = !writing && (entries > 0 || finished != null); // a request may have been lost
        }
        if (due) {
            replica.askForSnapshot();
        }
    }

    /** Called by the updater after each entry. */
    void applied(int size) {
        boolean due;
        synchronized (this) {
            entries++;
            bytes += size;
            due = !writing
                    && (entries >= config.snapshotEntries()
                            || bytes >= config.snapshotBytes().bytes());
            if (due) {
                entries = 0; // asked for once
                bytes = 0;
            }
        }
        if (due) {
            replica.askForSnapshot();
        }
    }

    /** On the updater thread. The index of the last snapshot that is finished, or -1. */
    long take(TermIndex applied) {
        publishFinished();
        ReplicatedLog.Capture capture = null;
        synchronized (this) {
            // the call that only makes a finished file known must not begin the next
            boolean wanted = finished == null && !writing && !closed && !publishedNow;
            if (wanted && applied.getIndex() > published) {
                capture = capture();
                writing = true;
                entries = 0;
                bytes = 0;
            }
        }
        if (capture != null) {
            write(capture, applied);
        }
        synchronized (this) {
            return published;
        }
    }

    private synchronized void publishFinished() {
        SnapshotFile file = finished;
        finished = null;
        publishedNow = file != null;
        if (file != null && file.index() > published) {
            published = file.index();
            replica.publish(file);
        }
    }

    private ReplicatedLog.Capture capture() {
        try {
            return applier.capture();
        } catch (RuntimeException | Error e) {
            replica.failing("the state could not be captured for a snapshot: " + e, e);
            throw e;
        }
    }

    synchronized long published() {
        return published;
    }

    private void write(ReplicatedLog.Capture capture, TermIndex applied) {
        try {
            writer.execute(() -> writeAndClose(capture, applied));
        } catch (RejectedExecutionException e) {
            capture.close();
            ended(null); // the replica stops
        }
    }

    private void writeAndClose(ReplicatedLog.Capture capture, TermIndex applied) {
        if (!isOpen()) {
            capture.close();
            ended(null);
            return;
        }
        long start = replica.wiring().nowNanos();
        boolean success = false;
        try (capture) {
            ended(SnapshotFile.write(
                    new SnapshotFile.Place(
                            store.temporary(replica.uniqueId()),
                            store.directory(),
                            replica.wiring().group()),
                    applied.getTerm(),
                    applied.getIndex(),
                    capture,
                    Pace.besideALog(replica.wiring()::nowNanos),
                    this::isOpen));
            success = true;
        } catch (IOException | RuntimeException | Error e) {
            if (isOpen()) {
                log.error(
                        "snapshot {} of group {} could not be written; the log is kept, the next trigger tries again",
                        applied,
                        replica.wiring().group(),
                        e);
            }
            ended(null);
        } finally {
            replica.meters().snapshot(start, success);
        }
    }

    private synchronized boolean isOpen() {
        return !closed;
    }

    private void ended(@Nullable SnapshotFile file) {
        synchronized (this) {
            writing = false;
            finished = file;
        }
        if (file != null) {
            replica.askForSnapshot();
        }
    }

    /** The state was replaced by a snapshot. */
    synchronized void restored(long index) {
        published = index;
        entries = 0;
        bytes = 0;
        finished = null;
    }

    /** The snapshot that is being written ends now: the next life, maybe as another peer, has the same directory. Ratis closes a machine twice; who comes second does not wait again. */
    void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            timer.close();
        }
        writer.shutdownNow().forEach(Runnable::run); // one that has not begun only lets go of the state
        try {
            if (!writer.awaitTermination(WRITER_ENDS.toSeconds(), TimeUnit.SECONDS)) {
                log.warn(
                        "the snapshot of group {} is still being written {} s after the end of its replica; it will not be kept",
                        replica.wiring().group(),
                        WRITER_ENDS.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
