package io.holdfast.consensus.ratis;

import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends one snapshot to one follower, a chunk after the other; read and built on the engine's work thread. */
final class SnapshotSender {
    private static final Logger log = LoggerFactory.getLogger(SnapshotSender.class);
    private static final Duration CHUNK_LIMIT = Duration.ofSeconds(10);

    private final Replica replica;
    private final WireAppender appender;
    private final SnapshotInfo snapshot;
    private @Nullable Iterator<InstallSnapshotRequestProto> chunks;

    SnapshotSender(Replica replica, WireAppender appender, SnapshotInfo snapshot) {
        this.replica = replica;
        this.appender = appender;
        this.snapshot = snapshot;
    }

    /** Tells once, on any thread, whether the follower has it now. */
    void start(Consumer<Boolean> whenDone) {
        log.info(
                "{} sends snapshot {} to {}",
                replica.wiring().self(),
                snapshot.getTermIndex(),
                appender.getFollowerId());
        next(whenDone);
    }

    private void next(Consumer<Boolean> whenDone) {
        try {
            replica.wiring().node().work().execute(() -> sendNext(whenDone));
        } catch (RejectedExecutionException e) {
            whenDone.accept(false);
        }
    }

    private void sendNext(Consumer<Boolean> whenDone) {
        try {
            if (!appender.isRunning()) {
                whenDone.accept(false);
                return;
            }
            if (chunks == null) {
                chunks = appender.newInstallSnapshotRequests(replica.uniqueId(), snapshot)
                        .iterator();
            }
            InstallSnapshotRequestProto request = chunks.next();
            appender.getFollower().updateLastRpcSendTime(false);
            replica.client()
                    .send(Route.SNAPSHOT, request.getServerRequest(), request, CHUNK_LIMIT)
                    .whenComplete((bytes, failure) -> take(request, bytes, failure, whenDone));
        } catch (RuntimeException e) {
            log.warn("snapshot {} cannot be read for {}; tried again", snapshot, appender.getFollowerId(), e);
            whenDone.accept(false);
        }
    }

    private void take(
            InstallSnapshotRequestProto request,
            byte @Nullable [] bytes,
            @Nullable Throwable failure,
            Consumer<Boolean> whenDone) {
        if (bytes == null) {
            log.info(
                    "{} did not take a chunk of snapshot {} ({}); it is sent again from the start",
                    appender.getFollowerId(),
                    snapshot.getTermIndex(),
                    String.valueOf(failure));
            whenDone.accept(false);
            return;
        }
        try {
            take(request, InstallSnapshotReplyProto.parseFrom(bytes), whenDone);
        } catch (IOException e) {
            whenDone.accept(false);
        }
    }

    private void take(
            InstallSnapshotRequestProto request, InstallSnapshotReplyProto reply, Consumer<Boolean> whenDone) {
        appender.getFollower().updateLastRpcResponseTime();
        InstallSnapshotResult result = reply.getResult();
        boolean last = request.getSnapshotChunk().getDone();
        if (result == InstallSnapshotResult.NOT_LEADER) {
            replica.wiring().node().work().execute(() -> appender.onFollowerTerm(reply.getTerm()));
            whenDone.accept(false);
        } else if (result == InstallSnapshotResult.ALREADY_INSTALLED
                || (result == InstallSnapshotResult.SUCCESS && last)) {
            appender.getFollower().setSnapshotIndex(snapshot.getIndex());
            appender.getFollower().setAttemptedToInstallSnapshot();
            whenDone.accept(true);
        } else if (result == InstallSnapshotResult.SUCCESS) {
            next(whenDone);
        } else {
            whenDone.accept(false);
        }
    }
}
