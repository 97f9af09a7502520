package io.holdfast.consensus.ratis;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.raftlog.LogProtoUtils;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one snapshot to one follower, a chunk after the other; read and built on the engine's work thread. It asks first what the follower holds of it from an attempt before; those chunks go without
 * their bytes.
 */
final class SnapshotSender {
    private static final Logger log = LoggerFactory.getLogger(SnapshotSender.class);
    private static final Duration CHUNK_LIMIT = Duration.ofSeconds(10);

    private interface Step {
        void run() throws IOException;
    }

    private final Replica replica;
    private final WireAppender appender;
    private final SnapshotInfo snapshot;
    private final Consumer<Boolean> whenDone;
    private final long term;
    private @Nullable SnapshotChunks chunks;
    private int held;

    /** Tells {@code whenDone} once, on any thread, whether the follower has it now. */
    SnapshotSender(Replica replica, WireAppender appender, SnapshotInfo snapshot, Consumer<Boolean> whenDone) {
        this.replica = replica;
        this.appender = appender;
        this.snapshot = snapshot;
        this.whenDone = whenDone;
        this.term = replica.division().getInfo().getCurrentTerm();
    }

    void start() {
        log.info(
                "{} sends snapshot {} to {}",
                replica.wiring().self(),
                snapshot.getTermIndex(),
                appender.getFollowerId());
        onWorkThread(this::offer);
    }

    private void onWorkThread(Step step) {
        try {
            replica.wiring().node().work().execute(() -> {
                try {
                    if (appender.isRunning()) {
                        step.run();
                    } else {
                        end(false);
                    }
                } catch (IOException | RuntimeException e) {
                    log.warn("snapshot {} cannot be read for {}; tried again", snapshot, appender.getFollowerId(), e);
                    end(false);
                }
            });
        } catch (RejectedExecutionException e) {
            end(false);
        }
    }

    private void end(boolean done) {
        SnapshotChunks open = chunks;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                log.debug("a snapshot's file does not close", e);
            }
        }
        whenDone.accept(done);
    }

    private void offer() throws IOException {
        Path root =
                replica.division().getRaftStorage().getStorageDir().getRoot().toPath();
        SnapshotChunks opened = new SnapshotChunks(
                snapshot.getFiles().get(0).getPath(), root, snapshot.getTermIndex(), replica.uniqueId());
        chunks = opened;
        send(Route.OFFER, request(opened.offer())).whenComplete((bytes, failure) -> {
            held = heldBy(bytes);
            onWorkThread(this::next);
        });
    }

    /** A follower that does not say takes it from the start, or fails at the first chunk. */
    private static int heldBy(byte @Nullable [] bytes) {
        try {
            return bytes == null
                    ? 0
                    : InstallSnapshotReplyProto.parseFrom(bytes).getRequestIndex();
        } catch (IOException e) {
            return 0;
        }
    }

    private void next() throws IOException {
        SnapshotChunks open = chunks;
        if (open == null || !open.hasNext()) {
            end(false);
            return;
        }
        SnapshotChunkProto chunk = open.next();
        InstallSnapshotRequestProto request = request(chunk.getRequestIndex() < held ? withoutBytes(chunk) : chunk);
        appender.getFollower().updateLastRpcSendTime(false);
        send(Route.SNAPSHOT, request).whenComplete((bytes, failure) -> take(chunk.getDone(), bytes, failure));
    }

    private static SnapshotChunkProto withoutBytes(SnapshotChunkProto chunk) {
        SnapshotChunkProto.Builder empty = chunk.toBuilder();
        empty.getFileChunksBuilder(0).clearData();
        return empty.build();
    }

    /** As Ratis builds it, with the term in which this replica led when it began. */
    private InstallSnapshotRequestProto request(SnapshotChunkProto chunk) {
        RaftConfiguration conf = replica.division().getRaftConf();
        return InstallSnapshotRequestProto.newBuilder()
                .setServerRequest(ClientProtoUtils.toRaftRpcRequestProtoBuilder(
                        replica.division().getMemberId(), appender.getFollowerId()))
                .setLeaderTerm(term)
                .setLastRaftConfigurationLogEntryProto(
                        LogProtoUtils.toLogEntryProto(conf, null, conf.getLogEntryIndex()))
                .setSnapshotChunk(chunk)
                .build();
    }

    private CompletableFuture<byte[]> send(Route route, InstallSnapshotRequestProto request) {
        return replica.client().send(route, request.getServerRequest(), request, CHUNK_LIMIT);
    }

    private void take(boolean last, byte @Nullable [] bytes, @Nullable Throwable failure) {
        if (bytes == null) {
            log.info(
                    "{} did not take a chunk of snapshot {} ({}); the next attempt goes on there",
                    appender.getFollowerId(),
                    snapshot.getTermIndex(),
                    String.valueOf(failure));
            end(false);
            return;
        }
        try {
            take(last, InstallSnapshotReplyProto.parseFrom(bytes));
        } catch (IOException e) {
            end(false);
        }
    }

    private void take(boolean last, InstallSnapshotReplyProto reply) {
        appender.getFollower().updateLastRpcResponseTime();
        InstallSnapshotResult result = reply.getResult();
        if (result == InstallSnapshotResult.NOT_LEADER) {
            end(false);
            appender.stepDownIfOutdated(reply.getTerm());
        } else if (result == InstallSnapshotResult.ALREADY_INSTALLED
                || (result == InstallSnapshotResult.SUCCESS && last)) {
            appender.getFollower().setSnapshotIndex(snapshot.getIndex());
            appender.getFollower().setAttemptedToInstallSnapshot();
            end(true);
        } else if (result == InstallSnapshotResult.SUCCESS) {
            onWorkThread(this::next);
        } else {
            end(false);
        }
    }
}
