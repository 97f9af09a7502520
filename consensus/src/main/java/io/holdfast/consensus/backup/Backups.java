package io.holdfast.consensus.backup;

import io.holdfast.consensus.log.BatchApplier;
import io.holdfast.consensus.log.GroupLog;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.state.Census;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.storage.Pace;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes backups of one group on one node, one at a time, while the group goes on: the state is held as it is at one moment, and only what changes meanwhile is copied. Safe for use by many threads.
 */
public final class Backups implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final Duration BARRIER = Duration.ofSeconds(10);
    private static final int WAITING = 4;

    /**
     * A replica of this node.
     *
     * @param status what it knows of itself
     * @param machine its state
     * @param applier what the state was given to
     */
    public record Replica(Supplier<ReplicaStatus> status, PrimitiveMachine machine, BatchApplier applier) {}

    /**
     * Where backups are taken.
     *
     * @param node this node
     * @param cluster the id of its cluster, once it is known
     * @param log the group's log
     * @param replica the node's replica, if it has one
     */
    public record Source(
            NodeId node, Supplier<Optional<String>> cluster, GroupLog log, Supplier<Optional<Replica>> replica) {}

    private record Taken(BatchApplier.Held<Census> held, BackupManifest manifest) {}

    private final Source source;
    private final Environment environment;
    private final ExecutorService writer;

    private Backups(Source source, Environment environment) {
        this.source = source;
        this.environment = environment;
        this.writer =
                environment.threads().serial("holdfast-backup-" + source.log().group(), WAITING);
    }

    /**
     * Makes it possible to take backups.
     *
     * @param source where
     * @param environment time and threads
     * @return the backups
     */
    public static Backups start(Source source, Environment environment) {
        return new Backups(source, environment);
    }

    /**
     * Writes all that the group had acknowledged when this was called, and perhaps some of what follows, to a file.
     *
     * @param file where to, on this node; its directory is there, the file is not
     * @return the backup, once it is on disk. Fails with {@link UnavailableException} if no majority answers, this node keeps no replica, the disk has too little space or the file cannot be
     *     written (nothing is left of it then), and with {@link OverloadedException} if four others wait already
     */
    public CompletionStage<Backup> take(Path file) {
        CompletableFuture<Backup> done = new CompletableFuture<>();
        source.log()
                .readBarrier(Deadline.after(environment.clock().nanoTime(), BARRIER))
                .whenComplete((index, failure) -> {
                    if (failure == null) {
                        queue(file, index, done);
                    } else {
                        done.completeExceptionally(failed(file, failure));
                    }
                });
        return done;
    }

    private void queue(Path file, long acknowledged, CompletableFuture<Backup> done) {
        try {
            writer.execute(() -> run(file, acknowledged, done));
        } catch (RejectedExecutionException e) {
            if (writer.isShutdown()) {
                done.completeExceptionally(new UnavailableException(
                        "backup " + file + " is not taken: node " + source.node() + " stops; take it on another one"));
                return;
            }
            done.completeExceptionally(new OverloadedException(
                    "backup " + file + " is not taken: " + WAITING
                            + " others wait on this node; take one after the other",
                    Duration.ofSeconds(10)));
        }
    }

    private void run(Path file, long acknowledged, CompletableFuture<Backup> done) {
        long began = environment.clock().nanoTime();
        try {
            Backup backup = write(file, acknowledged);
            LOG.info(
                    "backup {} is written: {}, {} bytes in {} ms",
                    backup.file(),
                    backup.manifest().summary(),
                    backup.size(),
                    (environment.clock().nanoTime() - began) / 1_000_000);
            done.complete(backup);
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("backup {} could not be written", file, e);
            done.completeExceptionally(failed(file, e));
        }
    }

    private Throwable failed(Path file, Throwable failure) {
        if (failure instanceof Error) {
            return failure;
        }
        Optional<NodeId> leader = source.log().leadership().current().leader();
        String remedy = source.replica().get().isPresent()
                ? "nothing is left of it, take it again"
                : "this node keeps no replica; ask one that does"
                        + leader.map(node -> ", for instance " + node).orElse("");
        return new UnavailableException(
                "backup " + file + " was not taken (" + message(failure) + "); " + remedy, failure);
    }

    private static String message(Throwable failure) {
        @Nullable String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    private Backup write(Path file, long acknowledged) throws IOException {
        Taken taken = capture();
        try (var state = taken.held.state()) {
            requireReached(taken.manifest.contents(), acknowledged);
            requireSpace(file, taken.manifest.contents());
            return BackupWriter.write(file, taken.manifest, state, Pace.besideALog(environment.clock()::nanoTime));
        }
    }

    private Taken capture() {
        Replica replica = source.replica()
                .get()
                .orElseThrow(() -> new UnavailableException("node " + source.node() + " keeps no replica of group "
                        + source.log().group() + "; take the backup on a node that does"));
        ReplicaStatus status = replica.status().get();
        BatchApplier.Held<Census> held = replica.applier().hold(replica.machine()::census);
        return new Taken(
                held,
                BackupManifest.of(
                        new BackupManifest.Place(
                                source.cluster().get().orElse("unknown"),
                                source.log().group(),
                                source.node()),
                        BackupManifest.Origin.ONLINE,
                        environment.wallClock().now(),
                        new BackupManifest.Position(status.term(), held.entryIndex()),
                        held.answer(),
                        replica.machine()));
    }

    /** The replica may have been set aside while this waited, and a new one, which must learn all anew, stand in its place. */
    private void requireReached(Census contents, long acknowledged) {
        if (contents.revision() < acknowledged) {
            throw new UnavailableException("the replica of node " + source.node() + " was replaced and knows revision "
                    + contents.revision() + ", and " + acknowledged + " was acknowledged; wait until it has caught up");
        }
    }

    private static void requireSpace(Path file, Census contents) throws IOException {
        Path directory = file.toAbsolutePath().normalize().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new IOException("directory " + directory + " is not there; make it");
        }
        long needed = contents.bytes() + 32 * contents.rows() + (1 << 20);
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < 2 * needed) {
            throw new IOException(directory + " has " + free + " bytes free, and twice the backup's " + needed
                    + " are needed; make space or choose another directory");
        }
    }

    /** No new ones begin; the one that is being written ends by itself. */
    @Override
    public void close() {
        writer.shutdown();
    }
}
