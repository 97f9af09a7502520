package io.holdfast.consensus.log;

import io.holdfast.consensus.raft.PeerId;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.testkit.sim.SimEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The network and the disks of a group of {@link ModelRaft}: a plain Raft without pre-vote, for tests of what stands on the engine's port. */
final class ModelGroup {
    static final GroupId GROUP = GroupId.of("meta");

    /** What a replica keeps over its lives. */
    static final class Disk {
        long term;

        @Nullable PeerId votedFor;

        final List<Item> log = new ArrayList<>();
        byte @Nullable [] snapshot;
        long snapshotIndex;
    }

    /**
     * An entry of the log.
     *
     * @param term whose leader appended it
     * @param bytes the entry, or null for the engine's own
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Item(long term, byte @Nullable [] bytes) {}

    private record Link(int from, int to) {}

    final SimEnvironment environment;
    final SplittableRandom random;
    final List<PeerId> voters;
    private final Map<PeerId, Disk> disks = new HashMap<>();
    private final Map<PeerId, ModelRaft> running = new HashMap<>();
    private final Set<Link> cuts = new HashSet<>();
    private final Map<Long, PeerId> leaders = new HashMap<>();
    /** Whether a leader without a majority steps down by itself. */
    boolean guarded = true;
    /** The share of messages between replicas that vanish. */
    double loss;

    ModelGroup(SimEnvironment environment, long seed, int voters) {
        this.environment = environment;
        this.random = new SplittableRandom(seed);
        this.voters = IntStream.range(0, voters).mapToObj(ModelGroup::peer).toList();
    }

    static PeerId peer(int node) {
        return new PeerId(NodeId.of("n" + node), 0);
    }

    ModelRaft start(int node, BatchApplier applier) {
        ModelRaft raft = new ModelRaft(this, peer(node), disks.computeIfAbsent(peer(node), key -> new Disk()), applier);
        running.put(peer(node), raft);
        return raft;
    }

    void cut(int from, int to) {
        cuts.add(new Link(from, to));
    }

    void heal() {
        cuts.clear();
    }

    void ledBy(long term, PeerId leader) {
        PeerId before = leaders.putIfAbsent(term, leader);
        if (before != null && !before.equals(leader)) {
            throw new AssertionError("the model has two leaders in term " + term);
        }
    }

    private static int index(PeerId peer) {
        return Integer.parseInt(peer.node().value().substring(1));
    }

    /** Carries a message: late, and maybe never. */
    void send(PeerId from, PeerId to, Consumer<ModelRaft> message) {
        Link link = new Link(index(from), index(to));
        if (random.nextDouble() < loss) {
            return;
        }
        environment.scheduler().schedule(Duration.ofNanos(100_000 + random.nextLong(1_000_000)), () -> {
            ModelRaft target = running.get(to);
            if (target != null && !target.isClosed() && !cuts.contains(link)) {
                message.accept(target);
            }
        });
    }
}
