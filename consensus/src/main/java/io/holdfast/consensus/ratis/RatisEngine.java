package io.holdfast.consensus.ratis;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftConfig;
import io.holdfast.consensus.raft.RaftEngine;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.StorageLostException;
import io.holdfast.consensus.state.NeedsUpgradeException;
import io.holdfast.consensus.storage.DiskGuard;
import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.GroupId;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.FileCells;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.server.storage.RaftStorage.StartupOption;
import org.apache.ratis.util.ExitUtils;

/** The Raft engine on Apache Ratis: each replica is a Ratis server of one group, over the routes {@code raft/<group>/...} of the node's transport. */
public final class RatisEngine implements RaftEngine {
    private static final String PEER = "peer";
    private static final String FOUNDERS = "founders";
    private static final int WAITING = 4096;

    private final NodeId self;
    private final Wiring.Node node;
    private final Path directory;
    private final Map<GroupId, Replica> replicas = new ConcurrentHashMap<>();

    static {
        disableExits();
    }

    private RatisEngine(NodeId self, Wiring.Node node, Path directory) {
        this.self = self;
        this.node = node;
        this.directory = directory;
    }

    /**
     * Starts the engine of a node, without replicas.
     *
     * @param self the node
     * @param transport the wire; stays open when the engine closes
     * @param addresses where nodes listen; asked for each message
     * @param config the numbers
     * @param environment clocks and threads
     * @param telemetry metrics and decisions
     * @param directory where the replicas of this node keep their storage; one engine at a time
     * @return the engine
     */
    public static RatisEngine start(
            NodeId self,
            Transport transport,
            Function<NodeId, Optional<Address>> addresses,
            RaftConfig config,
            Environment environment,
            Telemetry telemetry,
            Path directory) {
        return start(self, transport, addresses, config, environment, telemetry, directory, SyncedDisk::new);
    }

    static RatisEngine start(
            NodeId self,
            Transport transport,
            Function<NodeId, Optional<Address>> addresses,
            RaftConfig config,
            Environment environment,
            Telemetry telemetry,
            Path directory,
            Wiring.Disks disks) {
        Wiring.Node node = new Wiring.Node(
                transport,
                addresses,
                config,
                environment,
                telemetry,
                environment.threads().serial("raft-work", WAITING),
                environment.threads().serial("raft-beats", WAITING),
                environment.threads().serial("raft-arrivals", 64),
                disks);
        return new RatisEngine(self, node, directory);
    }

    /** Ratis may end the process, and takes the process' handler of uncaught exceptions for itself, once a class of it is loaded. Neither is a library's business. */
    private static void disableExits() {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        ExitUtils.setTerminateOnUncaughtException(false);
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    @Override
    public RaftReplica open(GroupId group, PeerId peer, Opening opening, EntryApplier applier) {
        Check.that(peer.node().equals(self), "raft peer %s must be of this node (%s)", peer, self);
        Replica replica = claim(group, peer, applier);
        boolean started = false;
        try {
            start(replica, opening);
            started = true;
            return replica;
        } catch (IOException | CompletionException | IllegalStateException e) {
            throwIfKnown(e);
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            throw new UnavailableException(
                    "raft group " + group + " cannot be opened in " + directory.resolve(group.value()) + ": "
                            + cause.getMessage(),
                    cause);
        } finally {
            if (!started) {
                replica.close();
            }
        }
    }

    /** Ratis wraps it in exceptions of its own. */
    private static void throwIfKnown(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StorageLostException || cause instanceof NeedsUpgradeException) {
                throw (HoldfastException) cause;
            }
        }
    }

    private Replica claim(GroupId group, PeerId peer, EntryApplier applier) {
        return replicas.compute(group, (key, open) -> {
            Check.that(open == null, "raft group %s is open on this node; close its replica first", group);
            return new Replica(new Wiring(group, peer, node), applier, () -> replicas.remove(group));
        });
    }

    private void start(Replica replica, Opening opening) throws IOException {
        Wiring wiring = replica.wiring();
        requireSpace();
        Path home = directory.resolve(wiring.group().value());
        Path raft = home.resolve("raft");
        boolean exists = Files.isDirectory(
                raft.resolve(wiring.groupId().getUuid().toString()).resolve("current"));
        FileCells cells = FileCells.open(home.resolve("identity"), self.value());
        replica.holds(cells);
        boolean seeded = opening instanceof Opening.Seeded;
        if (seeded) {
            replica.seed();
        }
        if (opening instanceof Opening.Reopen || (seeded && exists)) {
            checkLife(wiring, cells, exists);
            replica.start(
                    raft,
                    RaftGroup.valueOf(
                            wiring.groupId(),
                            founders(cells).stream().map(Wiring::peerOf).toList()),
                    StartupOption.RECOVER);
            return;
        }
        if (exists) {
            throw new IllegalStateException(
                    "there is a replica already (" + text(cells, PEER).orElse("unnamed")
                            + "); reopen it, or remove the directory and join as a new peer");
        }
        List<PeerId> founders =
                seeded ? List.of(wiring.self()) : opening instanceof Opening.Found found ? found.voters() : List.of();
        Check.that(
                founders.isEmpty() || founders.contains(wiring.self()),
                "founders (%s) must name this peer (%s)",
                founders,
                wiring.self());
        cells.write(
                FOUNDERS,
                String.join("\n", founders.stream().map(PeerId::toString).toList())
                        .getBytes(StandardCharsets.UTF_8));
        cells.write(PEER, wiring.self().toString().getBytes(StandardCharsets.UTF_8));
        replica.start(
                raft,
                RaftGroup.valueOf(
                        wiring.groupId(), founders.stream().map(Wiring::peerOf).toList()),
                StartupOption.FORMAT);
    }

    /** Whoever may run with so little space may start with it: the mark is that of {@link DiskGuard}. */
    private void requireSpace() throws IOException {
        Files.createDirectories(directory);
        DiskGuard.Mark mark = DiskGuard.Mark.of(node.config().minFreeSpace());
        DiskGuard.Space space = DiskGuard.Probe.of(directory).measure();
        if (mark.isPassedBy(space)) {
            throw new IOException("No space left on device for a replica to start: " + mark.describe(space));
        }
    }

    private static void checkLife(Wiring wiring, FileCells cells, boolean exists) {
        Optional<String> known = text(cells, PEER);
        if (!exists || known.isEmpty()) {
            throw new IllegalStateException("there is no replica to reopen; join as a new peer");
        }
        if (!known.get().equals(wiring.self().toString())) {
            throw new IllegalStateException("the replica there is peer " + known.get() + ", not " + wiring.self()
                    + "; reopen it under its own id");
        }
    }

    /** Until the first configuration is in the log, only this names the voters. */
    static List<PeerId> founders(FileCells cells) {
        return text(cells, FOUNDERS).stream()
                .flatMap(text -> Arrays.stream(text.split("\n", -1)))
                .filter(line -> !line.isEmpty())
                .map(PeerId::parse)
                .toList();
    }

    private static Optional<String> text(FileCells cells, String name) {
        return cells.read(name).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        new ArrayList<>(replicas.values()).forEach(Replica::close);
        node.work().shutdown();
        node.beats().shutdown();
        node.arrivals().shutdown();
    }
}
