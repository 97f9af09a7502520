package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

/** Stands between Ratis and the applier: life cycle, results, snapshots, and nothing thrown that would surprise either. */
final class ReplicaMachine extends BaseStateMachine {
    private static final CompletableFuture<Message> DONE = CompletableFuture.completedFuture(Message.EMPTY);

    private final Replica replica;
    private final EntryApplier applier;
    private final SnapshotStore store;
    private final Snapshots snapshots;
    private boolean seeded;

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

    private SnapshotFile firstSnapshot() throws IOException {
        try (ReplicatedLog.Capture state = applier.capture()) {
            return SnapshotFile.write(
                    store.temporary(), store.directory(), replica.wiring().group(), 0, 0, state);
        }
    }

    private void restore() throws IOException {
        Optional<SnapshotFile> file = store.newest();
        if (file.isEmpty() && seeded) {
            file = Optional.of(firstSnapshot());
        }
        if (file.isPresent()) {
            try (InputStream in = file.get().open(replica.wiring().group())) {
                applier.restore(file.get().index(), in);
            }
            setLastAppliedTermIndex(
                    TermIndex.valueOf(file.get().term(), file.get().index()));
            store.publish(file.get());
            snapshots.restored(file.get().index());
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
                                replica.fail("the snapshot that arrived cannot be restored: " + e, e);
                                throw e;
                            }
                        },
                        IOException.class);
        replica.changed();
    }

    @Override
    public void close() {
        snapshots.close();
    }

    // ---- entries ---------------------------------------------------------------------------------------------

    /** From here on, the entry may be in the log. Called in log order, under Ratis' lock; it must not throw, for Ratis would leak a permit. */
    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) {
        replica.appends().appending(transaction.getClientRequest().getCallId());
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        StateMachineLogEntryProto written = entry.getStateMachineLogEntry();
        try {
            byte[] result = applier.apply(entry.getIndex(), written.getLogData().toByteArray());
            updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
            replica.appends().applied(written, result);
            snapshots.applied(written.getLogData().size());
        } catch (Throwable e) {
            replica.failApplying("entry " + entry.getIndex() + " could not be applied: " + e, e);
            throw new IllegalStateException(
                    "entry " + entry.getIndex() + " could not be applied; the replica stops", e);
        }
        return DONE;
    }

    @Override
    public long takeSnapshot() {
        return snapshots.take(getLastAppliedTermIndex());
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
        replica.fail(
                "the log cannot be written: " + cause + "; make space or replace the disk, then restart the replica",
                cause);
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
        replica.changed();
    }
}
