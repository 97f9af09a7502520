package io.holdfast.consensus.group;

import io.holdfast.consensus.group.GroupRequest.OpenFailed;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine.Opening;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.raft.Voters;
import io.holdfast.core.GroupId;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.testkit.sim.LinkFaults;
import io.holdfast.testkit.sim.Published;
import io.holdfast.testkit.sim.SimHost;
import io.holdfast.testkit.sim.SimNode;
import io.holdfast.testkit.sim.SimWorld;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Nodes that run {@link GroupMembers} over a {@link ModelGroup}, with a membership that sees who is reached. */
final class GroupWorld {
    static final GroupId GROUP = GroupId.of("main");
    static final GroupConfig CONFIG = new GroupConfig(
            3,
            Duration.ofSeconds(5),
            Duration.ofMillis(200),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofMillis(20),
            Duration.ofMillis(100));
    private static final Duration STEP = Duration.ofMillis(50);
    private static final Duration DETECTION = Duration.ofMillis(600);

    final SimWorld<GroupMembers, GroupRequest, GroupMessage, GroupTimer, GroupEvent> world;
    final ModelGroup model;
    private final List<NodeId> founders;
    private final GroupConfig config;
    private final Map<String, String> zones;
    private final Map<NodeId, ModelGroup.Disk> disks = new HashMap<>();
    private final Map<NodeId, Integer> lives = new HashMap<>();
    private final Map<NodeId, Set<NodeId>> known = new HashMap<>();
    private final Map<NodeId, Boolean> founder = new HashMap<>();
    private final Map<String, Duration> unreached = new HashMap<>();
    private final Map<NodeId, ReplicaStatus> told = new HashMap<>();
    private final Map<NodeId, Integer> failures = new HashMap<>();
    private final Set<NodeId> blind = new HashSet<>();
    private final Set<NodeId> damaged = new HashSet<>();
    final Set<String> refused = new HashSet<>();
    private final Set<String> cuts = new HashSet<>();
    private final Set<String> gone = new HashSet<>();

    /** Those who are started with a backup. */
    final Set<String> restoring = new HashSet<>();

    GroupWorld(long seed, int nodes, int founders, GroupConfig config, Map<String, String> zones) {
        this.config = config;
        this.zones = zones;
        this.founders = java.util.stream.IntStream.rangeClosed(1, founders)
                .mapToObj(i -> NodeId.of("n" + i))
                .toList();
        world = SimWorld.seed(seed)
                .nodes(nodes)
                .links(LinkFaults.lan())
                .startWithin(Duration.ofMillis(300))
                .start(this::create);
        model = new ModelGroup(this::reaches, world.faults());
        world.onPublish(this::act);
        world.hintOnClose(GroupRequest.ConnectionLost::new);
        world.after(STEP, this::step);
    }

    static GroupWorld of(long seed, int nodes, int founders) {
        return new GroupWorld(seed, nodes, founders, CONFIG, Map.of());
    }

    private GroupMembers create(SimHost host) {
        Optional<ReplicaIdentity> identity = ReplicaIdentity.read(host.cells(), GROUP);
        return new GroupMembers(
                GROUP,
                host.id(),
                config,
                identity,
                !disks.containsKey(host.id())
                        ? OpenFailed.Storage.NONE
                        : damaged.contains(host.id()) ? OpenFailed.Storage.LOST : OpenFailed.Storage.USABLE,
                restoring.contains(host.id().value()),
                host.environment().random().split("group"));
    }

    /** The shell's part: carries out what a node wants, a moment later. */
    private void act(Published<GroupEvent> published) {
        NodeId node = NodeId.of(published.node());
        GroupEvent event = published.event();
        int life = lives.getOrDefault(node, 0);
        Duration delay = Duration.ofMillis(1 + world.faults().nextInt(30));
        if (event instanceof GroupEvent.Open open) {
            later(node, life, delay, () -> open(node, open));
        } else if (event instanceof GroupEvent.SetAside) {
            later(node, life, delay, () -> setAside(node));
        } else if (event instanceof GroupEvent.ChangeVoters change) {
            model.change(node, change.expected(), change.wanted());
        } else if (event instanceof GroupEvent.TransferLead transfer) {
            transfer.to().ifPresent(to -> model.transfer(node, to));
        } else if (event instanceof GroupEvent.Campaign) {
            model.campaign(node, true);
        } else if (event instanceof GroupEvent.Released) {
            gone.add(node.value());
        } else if (event instanceof GroupEvent.Refused refusal) {
            refused.add(node + ": " + refusal.reason());
        }
    }

    private void setAside(NodeId node) {
        model.close(node);
        if (failures.merge(node, -1, Integer::sum) >= 0) {
            request(node, new GroupRequest.SetAsideFailed("of a test"));
            return;
        }
        loseStorage(node);
        request(node, new GroupRequest.SetAsideDone());
    }

    private void later(NodeId node, int life, Duration delay, Runnable action) {
        world.after(delay, () -> {
            if (isUp(node) && lives.getOrDefault(node, 0) == life) {
                action.run();
            }
        });
    }

    private static Optional<Voters> firstVoters(GroupEvent.Open open) {
        if (open.opening() instanceof Opening.Found found) {
            return Optional.of(new Voters(found.voters(), List.of(), 0));
        }
        return open.opening() instanceof Opening.Seeded
                ? Optional.of(new Voters(List.of(open.peer()), List.of(), 0))
                : Optional.empty();
    }

    /** The replica fails, the node goes on; the next openings fail as well. */
    void failReplica(String name, String reason, int openings) {
        NodeId node = NodeId.of(name);
        Optional<ReplicaStatus> status = model.status(node);
        if (isUp(node) && status.isPresent()) {
            model.close(node);
            told.remove(node);
            failures.put(node, openings);
            ReplicaStatus was = status.get();
            request(
                    node,
                    new GroupRequest.ReplicaSeen(new ReplicaStatus(
                            was.self(),
                            RaftRole.STOPPED,
                            false,
                            was.term(),
                            Optional.empty(),
                            was.committed(),
                            was.applied(),
                            was.voters(),
                            was.lastContactNanos(),
                            Optional.of(reason))));
        }
    }

    /** As long as its openings fail, the storage cannot be looked at either. */
    void cannotLookAt(String name) {
        blind.add(NodeId.of(name));
    }

    void failOpenings(String name, int openings) {
        failures.put(NodeId.of(name), openings);
    }

    private void open(NodeId node, GroupEvent.Open open) {
        int left = failures.merge(node, -1, Integer::sum);
        if (left >= 0) {
            request(
                    node,
                    new GroupRequest.OpenFailed(
                            open.peer(),
                            "of a test",
                            blind.contains(node)
                                    ? OpenFailed.Storage.UNKNOWN
                                    : disks.containsKey(node) ? OpenFailed.Storage.USABLE : OpenFailed.Storage.NONE));
            return;
        }
        ModelGroup.Disk disk = disks.get(node);
        if (damaged.contains(node)) {
            throw new AssertionError(node + " opens " + open.peer() + " on damaged storage");
        }
        if (open.opening() instanceof Opening.Reopen) {
            if (disk == null || !disk.peer.equals(open.peer())) {
                throw new AssertionError(node + " reopens " + open.peer() + " without its storage");
            }
        } else if (disk != null && !(open.opening() instanceof Opening.Seeded)) {
            throw new AssertionError(node + " formats storage that is there");
        } else if (disk == null) {
            disk = new ModelGroup.Disk(open.peer(), firstVoters(open));
            disks.put(node, disk);
        }
        model.open(node, disk);
        world.node(node.value()).request(new GroupRequest.Opened(open.peer()));
    }

    boolean isUp(NodeId node) {
        return world.node(node.value()).isUp();
    }

    boolean reaches(NodeId from, NodeId to) {
        var a = world.node(from.value());
        var b = world.node(to.value());
        return a.isUp() && b.isUp() && !a.isPaused() && !b.isPaused() && !cuts.contains(from + ">" + to);
    }

    private void step() {
        for (var node : world.nodes()) {
            greet(node);
        }
        model.step();
        for (var node : world.live()) {
            if (!node.isPaused() && model.hearsNothing(node.id())) {
                node.request(new GroupRequest.LeaderSilent());
            }
        }
        model.takeResults().forEach((node, result) -> request(node, new GroupRequest.VotersChanged(result)));
        tell();
        world.after(STEP, this::step);
    }

    void tell() {
        for (var node : world.live()) {
            model.status(node.id())
                    .filter(status -> !status.equals(told.get(node.id())))
                    .ifPresent(status -> {
                        told.put(node.id(), status);
                        node.request(new GroupRequest.ReplicaSeen(status));
                    });
        }
    }

    private void request(NodeId node, GroupRequest request) {
        if (isUp(node)) {
            world.node(node.value()).request(request);
        }
    }

    /** A new life learns its cluster at once, and the members as they are reached. */
    private void greet(SimNode<GroupMembers, GroupRequest, GroupMessage, GroupTimer, GroupEvent> node) {
        NodeId id = node.id();
        if (!node.isUp()) {
            model.close(id);
            known.remove(id);
            told.remove(id);
            return;
        }
        Set<NodeId> live = known.get(id);
        if (live == null) {
            live = new HashSet<>();
            known.put(id, live);
            lives.merge(id, 1, Integer::sum);
            boolean founded = founder.getOrDefault(id, founders.contains(id));
            founder.put(id, founded);
            node.request(new GroupRequest.InCluster("c1", founded ? founders : List.of()));
        }
        for (var other : world.nodes()) {
            boolean reached = id.equals(other.id()) || reaches(other.id(), id);
            String pair = id + "<" + other.id();
            Duration since = unreached.get(pair);
            if (reached) {
                unreached.remove(pair);
                if (live.add(other.id())) {
                    node.request(seen(other, MemberState.ALIVE));
                }
            } else if (since == null) {
                unreached.put(pair, world.elapsed());
            } else if (world.elapsed().minus(since).compareTo(DETECTION) > 0 && live.remove(other.id())) {
                node.request(seen(other, MemberState.DEAD));
            }
        }
    }

    private GroupRequest seen(
            SimNode<GroupMembers, GroupRequest, GroupMessage, GroupTimer, GroupEvent> other, MemberState state) {
        String zone = zones.getOrDefault(other.id().value(), "");
        return new GroupRequest.MemberSeen(new Member(other.id(), other.address(), zone, 1, state));
    }

    void kill(String name) {
        world.node(name).kill();
        forget(name);
    }

    private void forget(String name) {
        model.close(NodeId.of(name));
        known.remove(NodeId.of(name));
        told.remove(NodeId.of(name));
    }

    void restart(String name) {
        kill(name);
        world.node(name).restart();
    }

    /** The disk is lost with all that is on it: the replica, its identity, and that the node was a founder. */
    void restartEmpty(String name) {
        kill(name);
        loseStorage(NodeId.of(name));
        founder.put(NodeId.of(name), false);
        world.node(name).restartEmpty();
    }

    /** Only the replica's storage is lost. */
    void restartWithoutStorage(String name) {
        kill(name);
        loseStorage(NodeId.of(name));
        world.node(name).restart();
    }

    /** The replica's storage is there, and not as it was written. */
    void restartWithDamage(String name) {
        kill(name);
        if (hasStorage(name)) {
            damaged.add(NodeId.of(name));
        }
        world.node(name).restart();
    }

    boolean hasStorage(String name) {
        return disks.containsKey(NodeId.of(name));
    }

    private void loseStorage(NodeId node) {
        disks.remove(node);
        damaged.remove(node);
    }

    void cut(String a, String b) {
        world.network().cut(a, b);
        cuts.add(a + ">" + b);
        cuts.add(b + ">" + a);
    }

    void cutOneWay(String from, String to) {
        world.network().cutOneWay(from, to);
        cuts.add(from + ">" + to);
    }

    void heal() {
        cuts.clear();
        world.heal();
    }

    boolean released(String name) {
        return gone.contains(name);
    }

    /** The replica that leads and is ready. */
    Optional<ReplicaStatus> leader() {
        return world.live().stream()
                .flatMap(node -> model.status(node.id()).stream())
                .filter(status -> status.role() == RaftRole.LEADER && status.ready())
                .max(java.util.Comparator.comparingLong(ReplicaStatus::term));
    }

    /** As many voters as wanted, all of them running, no change under way. */
    boolean settled(int voters) {
        return leader().filter(status -> {
                    Voters now = status.voters();
                    return now.outgoing().isEmpty()
                            && now.current().size() == voters
                            && now.current().stream().allMatch(this::runs);
                })
                .isPresent();
    }

    private boolean runs(PeerId peer) {
        return isUp(peer.node())
                && model.status(peer.node())
                        .filter(status -> status.self().equals(peer))
                        .isPresent();
    }

    Duration await(String what, BooleanSupplier condition, Duration limit) {
        Duration start = world.elapsed();
        while (!condition.getAsBoolean()) {
            if (world.elapsed().minus(start).compareTo(limit) > 0) {
                StringBuilder text = new StringBuilder();
                for (var node : world.live()) {
                    text.append("\n  ")
                            .append(node.id())
                            .append(" ")
                            .append(node.protocol().identity())
                            .append(" ")
                            .append(model.status(node.id()));
                }
                world.published().stream()
                        .filter(p -> p.event() instanceof GroupEvent.Decided)
                        .forEach(p -> text.append("\n  ").append(p));
                throw new AssertionError("seed " + world.seed() + ": not within " + limit + ": " + what + text);
            }
            world.advance(Duration.ofMillis(10));
        }
        return world.elapsed().minus(start);
    }
}
