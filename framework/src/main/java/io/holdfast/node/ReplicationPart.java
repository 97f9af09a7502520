package io.holdfast.node;

import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.discovery.Discovery;
import io.holdfast.replication.crdt.CrdtConfig;
import io.holdfast.replication.crdt.CrdtSpace;
import io.holdfast.replication.quorum.QuorumSpace;
import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.store.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What needs no leader on this node: replicated values at once, quorum maps when the node has joined and reaches the group that keeps their ring. Safe for use by many threads. */
final class ReplicationPart implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReplicationPart.class);
    private static final String TABLE = "holdfast.ring";
    private static final Duration AGAIN = Duration.ofSeconds(1);

    /** What the part stands on; all of it outlives the part. */
    record Ground(
            Discovery discovery,
            Transport transport,
            Optional<ConsensusPart> consensus,
            Optional<Path> dataDir,
            DurableCells cells,
            Environment environment,
            Telemetry telemetry) {}

    private final ReplicationConfig config;
    private final Ground ground;
    private final Closers closers = new Closers();
    private final CrdtSpace crdts;
    private volatile @Nullable QuorumSpace quorum;
    private volatile String waitsFor = "this node has not joined its cluster";
    private boolean closed; // guarded by this

    private ReplicationPart(ReplicationConfig config, Ground ground) {
        this.config = config;
        this.ground = ground;
        this.crdts = closers.add(
                "replicated values",
                CrdtSpace.start(
                        CrdtConfig.lan(),
                        new CrdtSpace.Surroundings(
                                ground.discovery(),
                                ground.transport(),
                                ground.environment(),
                                ground.telemetry(),
                                ground.dataDir().map(any -> ground.cells()))));
    }

    static ReplicationPart start(ReplicationConfig config, Ground ground) {
        ReplicationPart part = new ReplicationPart(config, ground);
        ground.consensus().ifPresent(groups -> {
            part.closers.add(
                    "health check", ground.telemetry().health().add(HealthCheck.Kind.READY, "replication", part::check));
            ground.discovery().joined().thenRun(() -> part.open(groups));
        });
        return part;
    }

    /** What is missing may come: it is tried until the node ends. */
    private synchronized void open(ConsensusPart groups) {
        if (closed) {
            return;
        }
        Closers begun = new Closers();
        try {
            RowStore rows = begun.add("rows", store("rows"));
            RowStore hints = begun.add("hints", store("hints"));
            quorum = begun.add(
                    "quorum maps",
                    QuorumSpace.start(
                            config.quorum(),
                            new QuorumSpace.Surroundings(
                                    ground.discovery(),
                                    ground.transport(),
                                    groups.leadership(0),
                                    groups.table(0, TABLE),
                                    ground.environment(),
                                    ground.telemetry()),
                            new QuorumSpace.Stores(rows, hints, ground.cells()),
                            config.member()));
            closers.add("quorum maps", begun::closeAll);
        } catch (RuntimeException e) {
            begun.closeAll();
            waitsFor = String.valueOf(e.getMessage());
            log.warn("node {} has no quorum maps yet: {}", ground.discovery().self().id(), waitsFor);
            ground.environment().scheduler().schedule(AGAIN, () -> open(groups));
        }
    }

    private RowStore store(String name) {
        Optional<Path> directory = config.storage() == ReplicationConfig.Storage.MEMORY
                ? Optional.empty()
                : ground.dataDir().map(dir -> dir.resolve("replication").resolve(name));
        if (directory.isEmpty()) {
            return RowStore.inMemory(ground.environment().random());
        }
        try {
            return RowStore.open(
                    Files.createDirectories(directory.get()),
                    ground.discovery().self().id().value(),
                    StoreOptions.standard(),
                    ground.environment());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the directory " + directory.get()
                            + " of quorum maps cannot be made; check the rights and the space of holdfast.node.data-dir",
                    e);
        }
    }

    private HealthCheck.Result check() {
        QuorumSpace open = quorum;
        if (open == null) {
            return new HealthCheck.Result(false, "quorum maps: " + waitsFor);
        }
        long epoch = open.ring().epoch();
        return open.isReady()
                ? new HealthCheck.Result(true, "knows the ring of epoch " + epoch)
                : new HealthCheck.Result(
                        false,
                        epoch == 0 ? "the ring of quorum maps is not known yet" : "takes its rows from the other members");
    }

    /** Throws {@link UnavailableException} before the node has joined, {@link IllegalStateException} without consensus. */
    QuorumSpace quorum() {
        QuorumSpace open = quorum;
        if (open != null) {
            return open;
        }
        if (ground.consensus().isEmpty()) {
            throw new IllegalStateException("node " + ground.discovery().self().id()
                    + " has no quorum maps: who keeps them is agreed by consensus; set holdfast.consensus.enabled=true on"
                    + " all nodes of the cluster");
        }
        throw new UnavailableException("node " + ground.discovery().self().id() + " has no quorum maps yet: " + waitsFor
                + "; wait until the node is ready");
    }

    CrdtSpace crdts() {
        return crdts;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        closers.closeAll();
    }
}
