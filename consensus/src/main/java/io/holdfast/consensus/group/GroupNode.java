package io.holdfast.consensus.group;

import io.holdfast.consensus.raft.EntryApplier;
import io.holdfast.consensus.raft.PeerId;
import io.holdfast.consensus.raft.RaftEngine;
import io.holdfast.consensus.raft.RaftReplica;
import io.holdfast.consensus.raft.RaftRole;
import io.holdfast.consensus.raft.ReplicaStatus;
import io.holdfast.consensus.storage.ReplicaStorage;
import io.holdfast.core.Address;
import io.holdfast.core.GroupId;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.loop.EventLoop;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.ConnectionListener;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Peer;
import io.holdfast.core.transport.Transport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One group on this node: {@link GroupMembers} on one thread, over the transport's route {@code group.<id>}, and what it asks for done on another. Safe for use by many threads.
 *
 * <p>{@link #leave} first, then {@link #close}. It closes the replica, and neither engine, transport, membership nor environment.
 */
public final class GroupNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GroupNode.class);
    /** So many times within the limit of the leader's silence this node looks at it. */
    private static final int LOOKS = 8;

    /**
     * What a node brings to its groups.
     *
     * @param membership who is there
     * @param transport the wire
     * @param engine runs the replicas
     * @param storage the directory that the engine was started with
     * @param cells where identities are kept, in this node's locked data directory
     * @param environment time, chance and threads
     * @param telemetry where decisions go
     */
    public record Surroundings(
            Membership membership,
            Transport transport,
            RaftEngine engine,
            Path storage,
            DurableCells cells,
            Environment environment,
            Telemetry telemetry) {}

    private final GroupId group;
    private final Surroundings surroundings;
    private final GroupConfig config;
    private final ReplicaHost host;
    private final ExecutorService worker;
    private final EventLoop<GroupRequest, GroupMessage, GroupTimer, GroupEvent> loop;
    private final List<Registration> registrations = new ArrayList<>();
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    private volatile Optional<NodeId> leader = Optional.empty();
    private volatile boolean closed;

    private GroupNode(
            GroupId group,
            GroupConfig config,
            Supplier<? extends EntryApplier> appliers,
            Optional<Supplier<? extends EntryApplier>> seed,
            Surroundings surroundings) {
        this.group = group;
        this.config = config;
        this.surroundings = surroundings;
        this.host = new ReplicaHost(
                group,
                surroundings.engine(),
                ReplicaStorage.of(surroundings.storage(), group),
                appliers,
                seed,
                this::ask);
        NodeId node = surroundings.membership().self().id();
        Environment environment = surroundings.environment();
        GroupMembers members = new GroupMembers(
                group,
                node,
                config,
                ReplicaIdentity.read(surroundings.cells(), group),
                host.look(),
                seed.isPresent(),
                environment.random().split("group-" + group));
        worker = environment.threads().serial("holdfast-group-" + group, 64);
        loop = EventLoop.of("holdfast-group-" + group + "-" + node, members, environment)
                .cells(new Cells())
                .sender(this::send)
                .publisher(this::publish)
                .start();
    }

    /**
     * Starts a group on this node. Blocks while storage is examined.
     *
     * @param group the group
     * @param config the rules' numbers; alike on all nodes
     * @param appliers makes the empty state of each replica that this node comes to run: one that joins anew must not begin with what the last one knew
     * @param surroundings what the node brings
     * @return the group, which founds, reopens or joins by itself; if its storage cannot be used now, as on a full disk, it does so as soon as it can, and {@link #refusal} tells why not yet
     */
    public static GroupNode start(
            GroupId group, GroupConfig config, Supplier<? extends EntryApplier> appliers, Surroundings surroundings) {
        GroupNode started = new GroupNode(group, config, appliers, Optional.empty(), surroundings);
        started.connect();
        return started;
    }

    /**
     * As {@link #start}, and founds the group on the state of a backup. It must be the first node of a cluster that it founds alone; the others join.
     *
     * @param group the group
     * @param config the rules' numbers; alike on all nodes
     * @param appliers makes the empty state of each other replica that this node comes to run
     * @param seed makes the state to begin with; asked once, on the group's thread, and may throw {@link HoldfastException}
     * @param surroundings what the node brings
     * @return the group; {@link #refusal} tells if it cannot be founded so
     */
    public static GroupNode restore(
            GroupId group,
            GroupConfig config,
            Supplier<? extends EntryApplier> appliers,
            Supplier<? extends EntryApplier> seed,
            Surroundings surroundings) {
        GroupNode started = new GroupNode(group, config, appliers, Optional.of(seed), surroundings);
        started.connect();
        return started;
    }

    /** The protocol must hear of a write that failed: a turn whose write fails has no effect. */
    private final class Cells implements DurableCells {
        @Override
        public Optional<byte[]> read(String name) {
            return surroundings.cells().read(name);
        }

        @Override
        public void write(String name, byte[] value) {
            try {
                surroundings.cells().write(name, value);
            } catch (RuntimeException e) {
                ask(new GroupRequest.NotWritten());
                throw e;
            }
        }
    }

    private String route() {
        return "group." + group;
    }

    private void connect() {
        Membership membership = surroundings.membership();
        listenToLeader();
        registrations.add(surroundings.transport().receive(route(), this::receive));
        registrations.add(surroundings.transport().onConnection(new ConnectionListener() {
            @Override
            public void onClosed(Peer peer, boolean graceful) {
                if (!graceful) {
                    ask(new GroupRequest.ConnectionLost(peer.address()));
                }
            }
        }));
        registrations.add(membership.listen(event -> ask(new GroupRequest.MemberSeen(event.member()))));
        if (membership.clusterId().isPresent()) {
            inCluster();
        } else {
            membership.joined().thenRun(this::inCluster);
        }
    }

    private void inCluster() {
        Membership membership = surroundings.membership();
        membership.clusterId().ifPresent(id -> ask(new GroupRequest.InCluster(id, membership.founders())));
    }

    /** The status is asked for, since words of the leader are no change that the replica tells. */
    private void listenToLeader() {
        RaftReplica running = host.replica().orElse(null);
        if (running != null && isSilent(running.status())) {
            ask(new GroupRequest.LeaderSilent());
        }
        if (!closed) {
            surroundings
                    .environment()
                    .scheduler()
                    .schedule(config.silenceLimit().dividedBy(LOOKS), this::listenToLeader);
        }
    }

    private boolean isSilent(ReplicaStatus status) {
        long heard = status.lastContactNanos();
        long silence = surroundings.environment().clock().nanoTime() - heard;
        return heard != Long.MIN_VALUE
                && silence > config.silenceLimit().toNanos()
                && status.role() == RaftRole.FOLLOWER
                && status.leader().isPresent();
    }

    private void ask(GroupRequest request) {
        try {
            loop.request(request);
        } catch (OverloadedException e) {
            log.warn("group {}: {} is dropped: {}", group, request, e.getMessage());
        }
    }

    private void send(Address to, GroupMessage message) {
        Message packet = new Message(route(), CallContext.EMPTY, GroupCodec.encode(message), Lane.CONTROL);
        surroundings.transport().send(to, packet).whenComplete((done, failure) -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof UnavailableException) {
                ask(new GroupRequest.Unreachable(to));
            }
        });
    }

    private void receive(Inbound inbound) {
        try {
            loop.deliver(inbound.peer().address(), GroupCodec.decode(inbound.payload()));
        } catch (ProtocolException e) {
            log.debug("message of {} is dropped: {}", inbound.peer(), e.getMessage());
        }
    }

    /** On the loop's thread; whatever may block goes to the worker, in order. */
    private void publish(GroupEvent event) {
        if (event instanceof GroupEvent.Decided decided) {
            surroundings.telemetry().recorder().record("group", group.value(), decided.text());
            log.info("group {}: {}", group, decided.text());
        } else if (event instanceof GroupEvent.LeaderSeen seen) {
            leader = seen.leader();
        } else if (event instanceof GroupEvent.Released) {
            released.complete(null);
        } else if (event instanceof GroupEvent.Refused refused) {
            host.refuse(refused.reason());
        } else {
            worker.execute(() -> carryOut(event));
        }
    }

    private void carryOut(GroupEvent event) {
        RaftReplica running = host.replica().orElse(null);
        if (event instanceof GroupEvent.Open open) {
            host.open(open);
        } else if (event instanceof GroupEvent.SetAside aside) {
            host.setAside(aside.reason());
        } else if (event instanceof GroupEvent.ChangeVoters change) {
            if (running == null) {
                ask(new GroupRequest.VotersChanged("no replica runs"));
                return;
            }
            running.changeVoters(change.expected(), change.wanted(), config.joinLimit())
                    .whenComplete((done, failure) -> ask(new GroupRequest.VotersChanged(
                            failure == null ? "done" : String.valueOf(failure.getMessage()))));
        } else if (running != null && event instanceof GroupEvent.TransferLead transfer) {
            running.transferLeadership(transfer.to(), config.leaveLimit()).whenComplete((done, failure) -> {
                if (failure != null) {
                    log.info("group {}: the lead stays here: {}", group, failure.getMessage());
                }
            });
        } else if (running != null && event instanceof GroupEvent.Campaign) {
            running.campaign();
        }
    }

    /**
     * This node's replica.
     *
     * @return the replica, or empty on a node without a seat
     */
    public Optional<RaftReplica> replica() {
        return host.replica();
    }

    /**
     * Listens for the replica that comes and goes. Called on the group's thread, first soon after this with what there is then.
     *
     * @param listener takes the replica, or empty when there is none any more
     * @return ends the listening; where the group was closed before, nobody is called
     */
    public Registration onReplica(Consumer<Optional<RaftReplica>> listener) {
        return host.onReplica(listener, worker, surroundings.environment().scheduler());
    }

    /**
     * Who leads, as far as this node knows, with or without a replica.
     *
     * @return the node, or empty
     */
    public Optional<NodeId> leader() {
        return host.replica()
                .map(RaftReplica::status)
                .flatMap(ReplicaStatus::leader)
                .map(PeerId::node)
                .or(() -> leader);
    }

    /**
     * Why this node has no part in the group.
     *
     * @return what is wrong and what to do, or empty while nothing is
     */
    public Optional<String> refusal() {
        return host.refusal();
    }

    /**
     * Gives away the lead and the seat, as far as somebody is there to take them.
     *
     * @return completes when this node may stop, after {@link GroupConfig#leaveLimit} at the latest
     */
    public CompletionStage<Void> leave() {
        ask(new GroupRequest.Leave());
        return released.copy();
    }

    /** Stops at once; the storage stays. */
    @Override
    public void close() {
        closed = true;
        registrations.forEach(Registration::close);
        loop.close();
        worker.execute(host::close);
        worker.shutdown();
        try {
            if (!worker.awaitTermination(30, TimeUnit.SECONDS)) {
                log.warn("group {}: its replica is still closing after 30 s", group);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
