package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.storage.DamagedException;
import io.holdfast.consensus.storage.Pace;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands between Ratis and the applier: life cycle, results, snapshots, and nothing thrown that would surprise either. */
final class ReplicaMachine extends BaseStateMachine {
    private static final Logger log = LoggerFactory.getLogger(ReplicaMachine.class);
    private static final CompletableFuture<Message> DONE = CompletableFuture.completedFuture(Message.EMPTY);

    private final Replica replica;
    private final EntryApplier applier;
    private final SnapshotStore store;
    private final Snapshots snapshots;
    private boolean seeded;
    private final DataApi syncs = new Syncs();
    private volatile @Nullable LogDisk disk;
    private volatile boolean poisoned;

    ReplicaMachine(Replica replica, EntryApplier applier) {
        this.replica = replica;
        this.applier = applier;
        this.store = new SnapshotStore(
                replica.wiring().group(), replica.wiring().node().config().snapshotsKept());
        this.snapshots = new Snapshots(replica, applier, store);
    }

    Snapshots snapshots() {
        return snapshots;
    }

    // ---- life ------------------------------------------------------------------------------------------------

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage) throws IOException {
        super.initialize(server, groupId, storage);
        disk = replica.wiring()
                .node()
                .disks()
                .of(storage.getStorageDir().getCurrentDir().toPath());
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            store.init(storage);
                            restore();
                        },
                        IOException.class);
    }

    /** If there is no snapshot yet, the applier's state becomes the first one. */
    void seed() {
        seeded = true;
    }

    /** The group begins with it, so nobody waits for its log yet. */
    private SnapshotFile firstSnapshot() throws IOException {
        try (ReplicatedLog.Capture state = applier.capture()) {
            SnapshotFile.Place place = new SnapshotFile.Place(
                    store.temporary(replica.uniqueId()),
                    store.directory(),
                    replica.wiring().group());
            return SnapshotFile.write(place, 0, 0, state, Pace.alone(), () -> true);
        }
    }

    private void restore() throws IOException {
        Optional<SnapshotFile> file = store.newest();
        if (file.isEmpty() && seeded) {
            file = Optional.of(firstSnapshot());
        }
        if (file.isPresent()) {
            fill(file.get());
            setLastAppliedTermIndex(
                    TermIndex.valueOf(file.get().term(), file.get().index()));
            publish(file.get());
            snapshots.restored(file.get().index());
        }
    }

    /** What is damaged within whole blocks shows only here. The state is half filled then, so it is the next life that begins with an older one. */
    private void fill(SnapshotFile file) throws IOException {
        try (InputStream in = file.open(replica.wiring().group())) {
            applier.restore(file.index(), in);
        } catch (DamagedException e) {
            log.error("snapshot file {} cannot be restored and is set aside: {}", file.path(), e.getMessage());
            store.setAside(file.path());
            throw e;
        }
    }

    /** It is the newest that this replica has; a part of an older one that has arrived is of no use any more. */
    void publish(SnapshotFile file) {
        store.publish(file);
        try {
            replica.wiring().node().arrivals().execute(() -> discardArrivals(file.index()));
        } catch (RejectedExecutionException e) {
            log.debug(
                    "group {}: the engine stops, or the next snapshot does it",
                    replica.wiring().group());
        }
    }

    private void discardArrivals(long index) {
        try {
            replica.arrival().discardUpTo(index);
        } catch (IOException e) {
            log.warn(
                    "group {}: a part of an old snapshot stays on the disk: {}",
                    replica.wiring().group(),
                    e.toString());
        }
    }

    /** Of the snapshots that were to be installed only this one goes on. */
    void installs(String requestId) {
        try {
            store.deleteArrivals(requestId);
        } catch (IOException e) {
            log.warn(
                    "group {}: a part of an old snapshot stays on the disk: {}",
                    replica.wiring().group(),
                    e.toString());
        }
    }

    /** A snapshot has arrived and takes the place of the state. */
    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        try {
            store.syncArrivals();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("the snapshot that arrived cannot be made durable", e);
        } finally {
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }
    }

    @Override
    public void reinitialize() throws IOException {
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            try {
                                store.syncDirectories();
                                restore();
                            } catch (IOException | RuntimeException | Error e) {
                                replica.failing(reason("the snapshot that arrived cannot be restored", e), e);
                                throw e;
                            }
                        },
                        IOException.class);
        replica.changed();
    }

    @Override
    public void close() {
        snapshots.close();
        LogDisk known = disk;
        if (known != null) {
            try {
                known.close();
            } catch (IOException e) {
                log.debug(
                        "the mark of group {} does not close", replica.wiring().group(), e);
            }
        }
    }

    // ---- entries ---------------------------------------------------------------------------------------------

    /** From here on, the entry may be in the log. Called in log order, under Ratis' lock; it must not throw, for Ratis would leak a permit. */
    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        replica.appends().appending(transaction.getClientRequest().getCallId());
        return transaction;
    }

    /**
     * What the applier cannot apply, and all that follows, is left out and the replica stops; the next life applies it again. Nothing is thrown: Ratis' applying thread spins for ever if a close begins
     * while it throws.
     */
    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        if (poisoned) {
            return DONE;
        }
        LogEntryProto entry = transaction.getLogEntry();
        StateMachineLogEntryProto written = entry.getStateMachineLogEntry();
        try {
            byte[] result = applier.apply(entry.getIndex(), written.getLogData().toByteArray());
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
            replica.appends().applied(written, result);
            snapshots.applied(written.getLogData().size());
        } catch (Throwable e) {
            poisoned = true;
            replica.fail(reason("entry " + entry.getIndex() + " could not be applied", e), e);
        }
        return DONE;
    }

    private static String reason(String what, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return message.startsWith(ReplicaStatus.NEEDS_UPGRADE) ? message + " (" + what + ")" : what + ": " + failure;
    }

    /** Entries of Ratis' own count as applied as well, but not behind one that was left out. */
    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        if (!poisoned) {
            super.notifyTermIndexUpdated(term, index);
        }
    }

    @Override
    public long takeSnapshot() {
        return poisoned ? snapshots.published() : snapshots.take(getLastAppliedTermIndex());
    }

    @Override
    public DataApi data() {
        return syncs;
    }

    /** We keep nothing beside the log; this is only where Ratis says that it syncs the log next. */
    private final class Syncs implements DataApi {
        private final CompletableFuture<Void> done = CompletableFuture.completedFuture(null);

        @Override
        public CompletableFuture<Void> flush(long index) {
            LogDisk known = disk;
            if (known == null) {
                return done;
            }
            try {
                known.beforeSync(index);
                return done;
            } catch (IOException | RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        @Override
        public CompletableFuture<Void> truncate(long index) {
            LogDisk known = disk;
            if (known == null) {
                return done;
            }
            try {
                known.beforeTruncate(index);
                return done;
            } catch (IOException | RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return store;
    }

    // ---- events ----------------------------------------------------------------------------------------------

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId self, RaftPeerId leader) {
        replica.changed();
    }

    @Override
    public void notifyLeaderReady() {
        replica.changed();
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        replica.changed();
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto configuration) {
        replica.changed();
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
        replica.fail("the log cannot be written: " + cause + "; it is opened again by and by", cause);
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
        replica.changed();
    }
}
