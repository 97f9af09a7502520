package io.holdfast.node;

import io.holdfast.admin.ConsensusPage;
import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.backup.Backup;
import io.holdfast.consensus.backup.Backups;
import io.holdfast.consensus.backup.Restoration;
import io.holdfast.consensus.group.GroupNode;
import io.holdfast.consensus.log.BatchApplier;
import io.holdfast.consensus.log.GroupLog;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.ratis.RatisEngine;
import io.holdfast.consensus.session.FeatureLevel;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.MemberQuestions;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.consensus.storage.DiskGuard;
import io.holdfast.core.Address;
import io.holdfast.core.Epoch;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.discovery.Discovery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The group {@code default} on this node: engine, log, and, once the application asks for it, the session. Safe for use by many threads. */
final class ConsensusPart implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConsensusPart.class);
    private static final GroupId GROUP = GroupId.of("default");
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** What a replica's entries are given to. */
    private record State(PrimitiveMachine machine, BatchApplier applier) {}

    /** What the part stands on; all of it outlives the part. */
    record Ground(
            Discovery discovery,
            Transport transport,
            DurableCells cells,
            Codec codec,
            Environment environment,
            Telemetry telemetry) {
        NodeId self() {
            return discovery.self().id();
        }

        Optional<Address> address(NodeId node) {
            return discovery.member(node).map(Member::address);
        }
    }

    private final ConsensusConfig config;
    private final Ground ground;
    private final Closers closers = new Closers();
    private final AtomicReference<@Nullable State> state = new AtomicReference<>();
    private final AtomicReference<Backups.@Nullable Replica> serving = new AtomicReference<>();
    private final AtomicReference<@Nullable Registration> attached = new AtomicReference<>();
    private final GroupLog groupLog;
    private final DiskGuard disk;
    private final GroupNode group;
    private final Backups backups;
    private final FeatureLevel features;
    private @Nullable GroupSession session;
    private @Nullable Consensus consensus;
    private boolean closed;

    private ConsensusPart(ConsensusConfig config, Path directory, boolean temporary, Ground ground) {
        this.config = config;
        this.ground = ground;
        try {
            if (temporary) {
                closers.add("temporary replica", () -> TemporaryDirectory.delete(directory));
            }
            disk = closers.add("disk guard", watch(directory));
            RatisEngine engine = closers.add(
                    "raft engine",
                    RatisEngine.start(
                            ground.self(),
                            ground.transport(),
                            ground::address,
                            config.raft(),
                            ground.environment(),
                            ground.telemetry(),
                            directory));
            groupLog = closers.add("group log", startLog());
            group = closers.add(
                    "group",
                    startGroup(new GroupNode.Surroundings(
                            ground.discovery(),
                            ground.transport(),
                            engine,
                            directory,
                            ground.cells(),
                            ground.environment(),
                            ground.telemetry())));
            backups = closers.add("backups", Backups.start(source(), ground.environment()));
            closers.add("replica listener", group.onReplica(this::attach));
            closers.add("leader note", groupLog.leadership().listen(this::note));
            features = startFeatures();
            closers.add("health check", ready(new ReplicaHealth(group, groupLog)));
        } catch (RuntimeException | Error e) {
            closers.closeAll();
            throw e;
        }
    }

    /**
     * Starts to take part.
     *
     * @throws UnavailableException if the storage cannot be used; the message says where it is
     */
    static ConsensusPart start(ConsensusConfig config, Optional<Path> dataDir, Ground ground) {
        try {
            boolean temporary = dataDir.isEmpty();
            Path directory = temporary
                    ? Files.createTempDirectory("holdfast-consensus-")
                    : Files.createDirectories(dataDir.get().resolve("consensus"));
            if (temporary) {
                log.warn(
                        "node {} keeps its replica in {}, which is deleted when the node closes: what only such nodes hold is lost with them; set holdfast.node.data-dir",
                        ground.self(),
                        directory);
            }
            return new ConsensusPart(config, directory, temporary, ground);
        } catch (IOException e) {
            throw new UnavailableException(
                    "the storage of consensus cannot be used (" + e
                            + "); check the rights and the space of holdfast.node.data-dir",
                    e);
        }
    }

    private GroupNode startGroup(GroupNode.Surroundings surroundings) {
        Optional<Restoration> restoration =
                config.restoreFrom().flatMap(file -> Restoration.of(file, GROUP, ground.cells()));
        return restoration.isEmpty()
                ? GroupNode.start(GROUP, config.group(), this::emptyState, surroundings)
                : GroupNode.restore(
                        GROUP, config.group(), this::emptyState, () -> keep(restoration.get()::load), surroundings);
    }

    private Backups.Source source() {
        return new Backups.Source(
                ground.self(),
                () -> ground.discovery().clusterId(),
                groupLog,
                () -> Optional.ofNullable(serving.get()));
    }

    private DiskGuard watch(Path directory) {
        return DiskGuard.start(
                DiskGuard.Mark.of(config.raft().minFreeSpace()),
                DiskGuard.Probe.of(directory),
                ground.environment().scheduler(),
                ground.environment().threads().serial("holdfast-disk", 4),
                ground.telemetry());
    }

    private GroupLog startLog() {
        return GroupLog.start(
                GROUP,
                ground.self(),
                ground.transport(),
                ground::address,
                () -> ground.discovery().members().stream().map(Member::id).toList(),
                config.log(),
                ground.environment(),
                ground.telemetry());
    }

    /** Whom to ask what their builds know: who is there, and who votes, there or not. */
    private FeatureLevel startFeatures() {
        int supported = PrimitiveMachine.level(Consensus.types());
        MemberQuestions questions = closers.add(
                "feature questions",
                MemberQuestions.start(
                        GROUP, ground.self(), supported, ground.transport(), this::membersAndVoters, ground::address));
        return closers.add("feature level", FeatureLevel.start(groupLog, questions, supported, ground.environment()));
    }

    private Set<NodeId> membersAndVoters() {
        Set<NodeId> nodes = new TreeSet<>();
        ground.discovery().members().forEach(member -> nodes.add(member.id()));
        group.replica()
                .ifPresent(replica -> replica.status().voters().current().forEach(peer -> nodes.add(peer.node())));
        return nodes;
    }

    private Registration ready(HealthCheck check) {
        return ground.telemetry().health().add(HealthCheck.Kind.READY, "consensus", check);
    }

    private BatchApplier emptyState() {
        return keep(BatchApplier::new);
    }

    private BatchApplier keep(Function<PrimitiveMachine, BatchApplier> appliers) {
        PrimitiveMachine machine = new PrimitiveMachine(Consensus.types(), StateLimits.standard());
        BatchApplier made = appliers.apply(machine);
        state.set(new State(machine, made));
        return made;
    }

    /** On the group's thread, which made the state just before. */
    private void attach(Optional<RaftReplica> replica) {
        Registration before = attached.getAndSet(null);
        if (before != null) {
            serving.set(null);
            before.close();
        }
        State made = state.get();
        if (replica.isPresent() && made != null) {
            attached.set(groupLog.attach(
                    new GuardedReplica(replica.get(), disk, ground.environment().clock()), made.applier()));
            serving.set(new Backups.Replica(replica.get()::status, made.machine(), made.applier()));
        }
    }

    /** What operators look for first when writes wait. */
    private void note(Leadership.Term term) {
        if (term.epoch().equals(Epoch.ZERO)) {
            return; // nothing is known yet
        }
        String what = term.leader()
                .map(leader -> leader + " leads in term " + term.epoch().value())
                .orElseGet(() -> "no leader is known in term " + term.epoch().value());
        ground.telemetry().recorder().record("group", GROUP.value(), what);
        log.info("group {}: {}", GROUP, what);
    }

    /** A backup under a name of its own in the directory that is set for it. */
    CompletionStage<Backup> backup() {
        if (config.backupDirectory().isEmpty()) {
            return CompletableFuture.failedFuture(new UnavailableException(
                    "a backup was not taken: holdfast.consensus.backup-directory is not set on node " + ground.self()
                            + "; set it to a directory that only operators may write"));
        }
        String time = NAME.format(ground.environment().wallClock().now());
        return backups.take(
                config.backupDirectory().get().resolve(GROUP + "-" + time + "-" + ground.self() + ".backup"));
    }

    /** The primitives; the session opens with their first use. */
    synchronized Consensus consensus() {
        if (closed) {
            throw new UnavailableException(
                    "node " + ground.self() + " leaves and takes no part in consensus any more; ask another node");
        }
        Consensus open = consensus;
        if (open == null) {
            GroupSession opened =
                    GroupSession.start(groupLog, ground.self(), config.session(), features, ground.environment());
            open = Consensus.of(opened, ground.codec(), ground.environment(), backups);
            session = opened;
            consensus = open;
        }
        return open;
    }

    /** Ends the jobs that run in office, before the session and their offices go. */
    CompletionStage<Boolean> resign() {
        Consensus open;
        synchronized (this) {
            open = consensus;
        }
        return open == null ? CompletableFuture.completedFuture(false) : open.resign();
    }

    ConsensusPage page() {
        GroupSession own;
        synchronized (this) {
            own = session;
        }
        return new ConsensusPage(
                group,
                groupLog,
                own == null ? 0 : own.id(),
                ground.environment().clock());
    }

    private void endSession() {
        GroupSession open;
        synchronized (this) {
            closed = true;
            open = session;
        }
        if (open != null) {
            open.close();
        }
    }

    /** Gives back what this node holds, then the lead and the seat, as far as somebody is there to take them. */
    CompletionStage<?> leave() {
        endSession();
        return group.leave();
    }

    /** How long {@link #leave} takes at most. */
    Duration leaveLimit() {
        return config.group().leaveLimit();
    }

    @Override
    public void close() {
        endSession();
        closers.closeAll();
    }
}
