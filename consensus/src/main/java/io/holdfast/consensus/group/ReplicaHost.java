package io.holdfast.consensus.group;

import io.holdfast.consensus.group.GroupRequest.OpenFailed;
import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.StorageLostException;
import io.holdfast.consensus.storage.Finding;
import io.holdfast.consensus.storage.ReplicaStorage;
import io.holdfast.core.GroupId;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's replica and its storage: opened, closed and set aside as {@link GroupMembers} wants, which hears what came of it. That happens on the group's worker; all may ask for the replica and for
 * why there is none.
 */
final class ReplicaHost {
    private static final Logger log = LoggerFactory.getLogger(ReplicaHost.class);
    private static final Duration RETRY = Duration.ofMillis(20);

    private final GroupId group;
    private final RaftEngine engine;
    private final ReplicaStorage storage;
    private final Supplier<? extends EntryApplier> appliers;
    private final Optional<Supplier<? extends EntryApplier>> seed;
    private final Consumer<GroupRequest> members;
    private final List<Consumer<Optional<RaftReplica>>> listeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable RaftReplica replica;
    private volatile @Nullable String refusal;
    private boolean examined;

    ReplicaHost(
            GroupId group,
            RaftEngine engine,
            ReplicaStorage storage,
            Supplier<? extends EntryApplier> appliers,
            Optional<Supplier<? extends EntryApplier>> seed,
            Consumer<GroupRequest> members) {
        this.group = group;
        this.engine = engine;
        this.storage = storage;
        this.appliers = appliers;
        this.seed = seed;
        this.members = members;
    }

    /** What there is of storage before the first opening. It is left as it is, whatever it is: first an identity must say that it is retired. */
    OpenFailed.Storage look() {
        try {
            Finding finding = storage.examine();
            if (finding instanceof Finding.Damaged damaged) {
                log.error("group {}: the storage is damaged: {}", group, damaged.reason());
            }
            examined = true;
            return leftBy(finding);
        } catch (IOException | UncheckedIOException e) {
            log.warn("group {}: the storage cannot be examined yet: {}", group, e.toString());
            return OpenFailed.Storage.UNKNOWN;
        }
    }

    private static boolean isUsable(Finding finding) {
        return finding instanceof Finding.Sound || finding instanceof Finding.Repaired;
    }

    /** The doctor looks before each start: a replica that stopped may have left a torn or a damaged log. */
    void open(GroupEvent.Open open) {
        close();
        RaftReplica opened;
        try {
            if (open.opening() instanceof Opening.Reopen && !examined) {
                Finding finding = storage.examine();
                if (!isUsable(finding)) {
                    String reason =
                            finding instanceof Finding.Damaged damaged ? damaged.reason() : "its storage is gone";
                    failed(open.peer(), reason, leftBy(finding));
                    return;
                }
            }
            examined = false;
            EntryApplier state = open.opening() instanceof Opening.Seeded
                    ? seed.orElseThrow().get()
                    : appliers.get();
            opened = engine.open(group, open.peer(), open.opening(), state);
        } catch (IOException | RuntimeException e) {
            log.error("group {}: replica {} cannot be opened", group, open.peer(), e);
            String reason = e instanceof HoldfastException ? String.valueOf(e.getMessage()) : e.toString();
            failed(open.peer(), reason, e instanceof StorageLostException ? OpenFailed.Storage.LOST : left());
            return;
        }
        opened(opened, open.peer());
    }

    private void opened(RaftReplica opened, PeerId peer) {
        replica = opened;
        members.accept(new GroupRequest.Opened(peer));
        refusal = null;
        opened.onChange(() -> seen(opened));
        members.accept(new GroupRequest.ReplicaSeen(opened.status()));
        tell(Optional.of(opened));
    }

    private void tell(Optional<RaftReplica> now) {
        listeners.forEach(listener -> tell(listener, now));
    }

    /** Nothing of a listener may pass for a failed start: the doctor would look at storage that is in use. */
    private void tell(Consumer<Optional<RaftReplica>> listener, Optional<RaftReplica> now) {
        try {
            listener.accept(now);
        } catch (RuntimeException e) {
            log.error("group {}: a listener of the replica failed; the others are told", group, e);
        }
    }

    private void failed(PeerId peer, String reason, OpenFailed.Storage storageLeft) {
        refusal = "replica " + peer + " cannot be opened: " + reason;
        members.accept(new OpenFailed(peer, reason, storageLeft));
    }

    /** A replica that was closed tells of it, too, maybe when the next one runs already. */
    private void seen(RaftReplica of) {
        if (replica == of) {
            members.accept(new GroupRequest.ReplicaSeen(of.status()));
        }
    }

    /** After a failed start the storage tells whether it was at fault. */
    private OpenFailed.Storage left() {
        try {
            return leftBy(storage.examine());
        } catch (IOException | UncheckedIOException e) {
            log.warn("group {}: the storage cannot be examined; asked again at the next start", group, e);
            return OpenFailed.Storage.UNKNOWN;
        }
    }

    private static OpenFailed.Storage leftBy(Finding finding) {
        return isUsable(finding)
                ? OpenFailed.Storage.USABLE
                : finding instanceof Finding.Unused ? OpenFailed.Storage.NONE : OpenFailed.Storage.LOST;
    }

    void setAside(String reason) {
        close();
        try {
            storage.setAside(reason);
            refusal = null;
            members.accept(new GroupRequest.SetAsideDone());
        } catch (IOException | RuntimeException e) {
            refusal = "the storage cannot be set aside: " + e;
            log.error("group {}: {}; it is tried again", group, refusal, e);
            members.accept(new GroupRequest.SetAsideFailed(e.toString()));
        }
    }

    void close() {
        RaftReplica running = replica;
        if (running != null) {
            replica = null;
            tell(Optional.empty());
            running.close();
        }
    }

    Optional<RaftReplica> replica() {
        return Optional.ofNullable(replica);
    }

    /** A listener is called on the worker only, so that it never hears of an older replica last. */
    Registration onReplica(Consumer<Optional<RaftReplica>> listener, ExecutorService worker, Scheduler scheduler) {
        AtomicBoolean ended = new AtomicBoolean();
        Runnable add = () -> {
            listeners.add(listener);
            if (ended.get()) {
                listeners.remove(listener);
            } else {
                tell(listener, replica());
            }
        };
        onWorker(add, ended, worker, scheduler);
        return () -> {
            ended.set(true);
            listeners.remove(listener);
        };
    }

    /** A worker that is behind takes it later; one that has ended never does, and no replica comes any more. */
    private static void onWorker(Runnable add, AtomicBoolean ended, ExecutorService worker, Scheduler scheduler) {
        try {
            worker.execute(add);
        } catch (RejectedExecutionException e) {
            if (!worker.isShutdown() && !ended.get()) {
                scheduler.schedule(RETRY, () -> onWorker(add, ended, worker, scheduler));
            }
        }
    }

    void refuse(String reason) {
        refusal = reason;
        log.error("group {} stays closed on this node: {}", group, reason);
    }

    Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }
}
