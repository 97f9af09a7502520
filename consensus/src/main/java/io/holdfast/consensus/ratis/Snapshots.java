package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.storage.Pace;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Registration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
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

    private record Waiter(long atLeast, CompletableFuture<Long> result) {}

    private final Replica replica;
    private final EntryApplier applier;
    private final SnapshotStore store;
    private final RaftConfig config;
    private final ExecutorService writer;
    private final Registration timer;

    // guarded by this
    private final List<Waiter> waiters = new ArrayList<>();
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
            due = entries > 0 && !writing;
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

    /** A snapshot of the state as it is now, or a newer one. */
    CompletableFuture<Long> request(long applied) {
        Waiter waiter = new Waiter(applied, new CompletableFuture<>());
        synchronized (this) {
            if (published >= applied && published >= 0) {
                return CompletableFuture.completedFuture(published);
            }
            waiters.add(waiter);
        }
        replica.askForSnapshot();
        return waiter.result();
    }

    /** On the updater thread. The index of the last snapshot that is finished, or -1. */
    long take(TermIndex applied) {
        publishFinished();
        ReplicatedLog.Capture capture = null;
        synchronized (this) {
            boolean wanted = finished == null && !writing && !closed && applied.getIndex() > published;
            if (wanted && isWanted(applied.getIndex())) {
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

    /** The call that only makes a finished file known must not begin the next. */
    private boolean isWanted(long applied) {
        return !publishedNow || waiters.stream().anyMatch(w -> w.atLeast() > published && w.atLeast() <= applied);
    }

    private void publishFinished() {
        List<Waiter> served = new ArrayList<>();
        SnapshotFile file;
        synchronized (this) {
            file = finished;
            finished = null;
            publishedNow = file != null;
            if (file != null && file.index() > published) {
                store.publish(file);
                published = file.index();
            }
            long now = published;
            waiters.removeIf(waiter -> waiter.atLeast() <= now && served.add(waiter));
        }
        served.forEach(waiter -> waiter.result().complete(published()));
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
            ended(null, new IOException("the replica stops"));
        }
    }

    private void writeAndClose(ReplicatedLog.Capture capture, TermIndex applied) {
        long start = replica.wiring().nowNanos();
        boolean success = false;
        try (capture) {
            ended(
                    SnapshotFile.write(
                            store.temporary(),
                            store.directory(),
                            replica.wiring().group(),
                            applied.getTerm(),
                            applied.getIndex(),
                            capture,
                            Pace.besideALog(replica.wiring()::nowNanos)),
                    null);
            success = true;
        } catch (IOException | RuntimeException | Error e) {
            log.error(
                    "snapshot {} of group {} could not be written; the log is kept, the next trigger tries again",
                    applied,
                    replica.wiring().group(),
                    e);
            ended(null, e);
        } finally {
            replica.meters().snapshot(start, success);
        }
    }

    private void ended(@Nullable SnapshotFile file, @Nullable Throwable failure) {
        List<Waiter> failed = new ArrayList<>();
        synchronized (this) {
            writing = false;
            finished = file;
            if (file == null) {
                failed.addAll(waiters);
                waiters.clear();
            }
        }
        failed.forEach(waiter -> waiter.result()
                .completeExceptionally(new UnavailableException(
                        "snapshot of group " + replica.wiring().group() + " could not be written: " + failure,
                        failure)));
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

    void close() {
        List<Waiter> left;
        synchronized (this) {
            closed = true;
            timer.close();
            left = List.copyOf(waiters);
            waiters.clear();
        }
        writer.shutdown();
        left.forEach(waiter -> waiter.result()
                .completeExceptionally(new UnavailableException(
                        "the replica of group " + replica.wiring().group() + " stops")));
    }
}
