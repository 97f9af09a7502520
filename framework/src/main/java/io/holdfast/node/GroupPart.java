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
import io.holdfast.consensus.session.FeatureLevel;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.MemberQuestions;
import io.holdfast.consensus.state.PrimitiveMachine;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.consensus.storage.DiskGuard;
import io.holdfast.core.Epoch;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.env.Registration;
import io.holdfast.core.telemetry.HealthCheck;
import java.nio.file.Path;
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

/** One group on this node: its log, its replica if there is one, and, once somebody asks for it, the session. Safe for use by many threads. */
final class GroupPart implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GroupPart.class);
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** What a replica's entries are given to. */
    private record State(PrimitiveMachine machine, BatchApplier applier) {}

    private final GroupId id;
    private final ConsensusConfig config;
    private final ConsensusPart.Ground ground;
    private final DiskGuard disk;
    private final Closers closers = new Closers();
    private final AtomicReference<@Nullable State> state = new AtomicReference<>();
    private final AtomicReference<Backups.@Nullable Replica> serving = new AtomicReference<>();
    private final AtomicReference<@Nullable Registration> attached = new AtomicReference<>();
    private final GroupLog groupLog;
    private final GroupNode group;
    private final Backups backups;
    private final FeatureLevel features;
    private final HealthCheck health;
    private @Nullable GroupSession session;
    private @Nullable Consensus consensus;
    private boolean closed;

    /**
     * Starts to take part.
     *
     * @param id the group
     * @param config the numbers
     * @param disk tells when nothing may be appended; outlives the part
     * @param ground what the part stands on
     * @param surroundings the same for the group
     */
    GroupPart(
            GroupId id,
            ConsensusConfig config,
            DiskGuard disk,
            ConsensusPart.Ground ground,
            GroupNode.Surroundings surroundings) {
        this.id = id;
        this.config = config;
        this.disk = disk;
        this.ground = ground;
        try {
            groupLog = closers.add("group log", startLog());
            group = closers.add("group", startGroup(surroundings));
            backups = closers.add("backups", Backups.start(source(), ground.environment()));
            closers.add("replica listener", group.onReplica(this::attach));
            closers.add("leader note", groupLog.leadership().listen(this::note));
            features = startFeatures();
            health = new ReplicaHealth(group, groupLog);
        } catch (RuntimeException | Error e) {
            closers.closeAll();
            throw e;
        }
    }

    private GroupNode startGroup(GroupNode.Surroundings surroundings) {
        Optional<Restoration> restoration =
                config.restoreFrom(id).flatMap(file -> Restoration.of(file, id, ground.cells()));
        return restoration.isEmpty()
                ? GroupNode.start(id, config.group(), this::emptyState, surroundings)
                : GroupNode.restore(
                        id, config.group(), this::emptyState, () -> keep(restoration.get()::load), surroundings);
    }

    private Backups.Source source() {
        return new Backups.Source(
                ground.self(),
                () -> ground.discovery().clusterId(),
                groupLog,
                () -> Optional.ofNullable(serving.get()));
    }

    private GroupLog startLog() {
        return GroupLog.start(
                id,
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
                        id, ground.self(), supported, ground.transport(), this::membersAndVoters, ground::address));
        return closers.add("feature level", FeatureLevel.start(groupLog, questions, supported, ground.environment()));
    }

    private Set<NodeId> membersAndVoters() {
        Set<NodeId> nodes = new TreeSet<>();
        ground.discovery().members().forEach(member -> nodes.add(member.id()));
        group.replica()
                .ifPresent(replica -> replica.status().voters().current().forEach(peer -> nodes.add(peer.node())));
        return nodes;
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
        ground.telemetry().recorder().record("group", id.value(), what);
        log.info("group {}: {}", id, what);
    }

    GroupId id() {
        return id;
    }

    HealthCheck.Result check() {
        return health.check();
    }

    Leadership leadership() {
        return groupLog.leadership();
    }

    /** A backup under a name of its own in the directory that is set for it. */
    CompletionStage<Backup> backup() {
        if (config.backupDirectory().isEmpty()) {
            return CompletableFuture.failedFuture(new UnavailableException(
                    "a backup was not taken: holdfast.consensus.backup-directory is not set on node " + ground.self()
                            + "; set it to a directory that only operators may write"));
        }
        Path directory = config.backupDirectory().get();
        String time = NAME.format(ground.environment().wallClock().now());
        return backups.take(directory.resolve(id + "-" + time + "-" + ground.self() + ".backup"));
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
    CompletionStage<Void> leave() {
        endSession();
        return group.leave();
    }

    @Override
    public void close() {
        endSession();
        closers.closeAll();
    }
}
