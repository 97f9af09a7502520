package io.holdfast.node;

import io.holdfast.admin.ConsensusPage;
import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.backup.Backup;
import io.holdfast.consensus.group.GroupNode;
import io.holdfast.consensus.ratis.RatisEngine;
import io.holdfast.consensus.storage.DiskGuard;
import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.discovery.Discovery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The groups of the cluster on this node, on one engine, one disk guard and one directory. Safe for use by many threads. */
final class ConsensusPart implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConsensusPart.class);

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
    private final GroupCount count;
    private final List<GroupPart> groups = new ArrayList<>();

    private ConsensusPart(ConsensusConfig config, Path directory, boolean temporary, Ground ground) {
        this.config = config;
        this.ground = ground;
        try {
            if (temporary) {
                closers.add("temporary replica", () -> TemporaryDirectory.delete(directory));
            }
            count = GroupCount.claim(config.groups(), ground);
            DiskGuard disk = closers.add("disk guard", watch(directory));
            GroupNode.Surroundings surroundings = new GroupNode.Surroundings(
                    ground.discovery(),
                    ground.transport(),
                    closers.add("raft engine", startEngine(directory)),
                    directory,
                    ground.cells(),
                    ground.environment(),
                    ground.telemetry());
            for (GroupId id : config.groupIds()) {
                groups.add(closers.add("group " + id, new GroupPart(id, config, disk, ground, surroundings)));
            }
            closers.add(
                    "health check", ground.telemetry().health().add(HealthCheck.Kind.READY, "consensus", this::check));
        } catch (RuntimeException | Error e) {
            closers.closeAll();
            throw e;
        }
    }

    /**
     * Starts to take part.
     *
     * @throws UnavailableException if the storage cannot be used, or was made with another number of groups; the message says where it is
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

    private RatisEngine startEngine(Path directory) {
        return RatisEngine.start(
                ground.self(),
                ground.transport(),
                ground::address,
                config.raft(),
                ground.environment(),
                ground.telemetry(),
                directory);
    }

    private DiskGuard watch(Path directory) {
        return DiskGuard.start(
                DiskGuard.Mark.of(config.raft().minFreeSpace()),
                DiskGuard.Probe.of(directory),
                ground.environment().scheduler(),
                ground.environment().threads().serial("holdfast-disk", 4),
                ground.telemetry());
    }

    /** Ready when all groups are: what needs one cannot know which. */
    private HealthCheck.Result check() {
        Optional<String> refusal = count.refusal();
        if (refusal.isPresent()) {
            return new HealthCheck.Result(false, refusal.get());
        }
        HealthCheck.Result first = groups.get(0).check();
        for (GroupPart group : groups.subList(1, groups.size())) {
            HealthCheck.Result next = group.check();
            if (first.up() && !next.up()) {
                return next;
            }
        }
        return first;
    }

    /**
     * How many groups there are.
     *
     * @return 1 to 32; the first is {@code default}
     */
    int groups() {
        return groups.size();
    }

    private GroupPart group(int index) {
        Check.between("group", index, 0, groups.size() - 1L);
        return groups.get(index);
    }

    /**
     * The primitives of the group {@code default}.
     *
     * @return the primitives
     * @throws UnavailableException if this node leaves
     */
    Consensus consensus() {
        return groups.get(0).consensus();
    }

    /**
     * The primitives of a group, for what is spread over all of them.
     *
     * @param index 0 for {@code default}
     * @return the primitives
     * @throws UnavailableException if this node leaves, or others of the cluster have another number of groups
     */
    Consensus consensus(int index) {
        count.refusal().ifPresent(refusal -> {
            throw new UnavailableException(refusal);
        });
        return group(index).consensus();
    }

    /**
     * The rows of a name in a group.
     *
     * @param index 0 for {@code default}
     * @param name the table's name, 1 to 64 bytes of UTF-8
     * @return the table
     * @throws UnavailableException as {@link #consensus(int)}
     */
    ReplicatedTable table(int index, String name) {
        return consensus(index).table(name);
    }

    /**
     * Who leads a group.
     *
     * @param index 0 for {@code default}
     * @return its leadership
     */
    Leadership leadership(int index) {
        return group(index).leadership();
    }

    /**
     * Takes a backup of a group.
     *
     * @param name the group's name
     * @return the backup, under a name of its own in the directory that is set for it; fails with {@link UnavailableException} if no group has the name
     */
    CompletionStage<Backup> backup(String name) {
        return groups.stream()
                .filter(group -> group.id().value().equals(name))
                .findFirst()
                .map(GroupPart::backup)
                .orElseGet(() -> CompletableFuture.failedFuture(new UnavailableException(
                        "a backup was not taken: group (" + name + ") must be one of " + config.groupIds())));
    }

    /** Ends the jobs that run in office, before the sessions and their offices go. */
    CompletionStage<?> resign() {
        return all(GroupPart::resign);
    }

    List<ConsensusPage> pages() {
        return groups.stream().map(GroupPart::page).toList();
    }

    /** Gives back what this node holds, then the leads and the seats, as far as somebody is there to take them. */
    CompletionStage<?> leave() {
        return all(GroupPart::leave);
    }

    private CompletionStage<?> all(Function<GroupPart, CompletionStage<?>> step) {
        return CompletableFuture.allOf(groups.stream()
                .map(group -> step.apply(group).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    }

    /** How long {@link #leave} takes at most. */
    Duration leaveLimit() {
        return config.group().leaveLimit();
    }

    @Override
    public void close() {
        closers.closeAll();
    }
}
