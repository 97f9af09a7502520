package io.holdfast.discovery;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.ClusterMismatchException;
import io.holdfast.core.DurationText;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.ServiceName;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.MembershipEvent;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.cluster.ServiceEvent;
import io.holdfast.core.cluster.ServiceInstance;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.loop.EventLoop;
import io.holdfast.core.telemetry.HealthCheck;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.ConnectionListener;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Peer;
import io.holdfast.core.transport.Transport;
import io.holdfast.discovery.swim.Packet;
import io.holdfast.discovery.swim.PacketCodec;
import io.holdfast.discovery.swim.Swim;
import io.holdfast.discovery.swim.SwimEvent;
import io.holdfast.discovery.swim.SwimIdentity;
import io.holdfast.discovery.swim.SwimMemory;
import io.holdfast.discovery.swim.SwimRequest;
import io.holdfast.discovery.swim.SwimTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's membership, service directory and {@link #bulletin}: {@link Swim} on one thread, over the {@link Transport}'s route {@value #ROUTE}. Safe for use by many threads.
 *
 * <pre>{@code
 * try (var discovery = Discovery.of(identity, transport, environment, telemetry)
 *         .config(DiscoveryConfig.lan().withSeeds(List.of("10.0.0.1:7946")))
 *         .cells(FileCells.open(directory, "catalog-1"))
 *         .start()) {
 *     discovery.joined().toCompletableFuture().join();
 * }
 * }</pre>
 *
 * <p>{@link #close()} says goodbye first. It closes neither the transport nor the environment.
 */
public final class Discovery implements Membership, ServiceDirectory {
    /** The route of all messages. */
    public static final String ROUTE = "swim";

    private static final Logger log = LoggerFactory.getLogger(Discovery.class);

    private final SwimIdentity identity;
    private final Transport transport;
    private final Environment environment;
    private final Telemetry telemetry;
    private final DiscoveryConfig config;
    private final View view = new View();
    private final Listeners listeners;
    private final Meters meters;
    private final SeedLookup seeds;
    private final InstanceWaiters waiters;
    private final CompletableFuture<Void> joined = new CompletableFuture<>();
    private final CountDownLatch left = new CountDownLatch(1);
    private final List<Registration> registrations = new ArrayList<>();
    private final Set<ServiceName> offered = new HashSet<>();
    private final EventLoop<SwimRequest, Packet, SwimTimer, SwimEvent> loop;
    private final NoteBoard board;
    private volatile String clusterId = "";
    private volatile List<NodeId> founders = List.of();
    private volatile @Nullable Member self;
    private boolean closed;

    Discovery(DiscoveryBuilder builder) {
        identity = builder.identity;
        transport = builder.transport;
        environment = builder.environment;
        telemetry = builder.telemetry;
        config = builder.config;
        listeners = new Listeners(environment.threads(), identity.node().value());
        meters = new Meters(telemetry, view);
        waiters = new InstanceWaiters(view, environment.scheduler());
        seeds = new SeedLookup(
                builder.allSeeds(),
                config.seedRefresh(),
                environment,
                identity.node(),
                found -> ask(new SwimRequest.Seeds(found)),
                this::warnUnlessJoined);
        board = new NoteBoard(identity.node(), this::post, listeners);
        Swim swim = new Swim(
                identity,
                config.expect(),
                config.swim(),
                SwimMemory.read(builder.cells),
                environment.random().split("swim"));
        loop = EventLoop.of("holdfast-swim-" + identity.node(), swim, environment)
                .cells(builder.cells)
                .sender(this::send)
                .publisher(this::publish)
                .start();
    }

    /**
     * Begins to describe a node.
     *
     * @param identity who it is; its address is that of the transport
     * @param transport the wire; its handshake already knows this node's id
     * @param environment time, chance and threads
     * @param telemetry where metrics and decisions go
     * @return a builder
     */
    public static DiscoveryBuilder of(
            SwimIdentity identity, Transport transport, Environment environment, Telemetry telemetry) {
        return new DiscoveryBuilder(identity, transport, environment, telemetry);
    }

    void connect() {
        registrations.add(transport.receive(ROUTE, this::receive));
        registrations.add(transport.onConnection(new ConnectionListener() {
            @Override
            public void onClosed(Peer peer, boolean graceful) {
                if (!graceful) {
                    ask(new SwimRequest.ConnectionClosed(peer.address()));
                }
            }
        }));
        registrations.add(telemetry.health().add(HealthCheck.Kind.READY, "membership", this::health));
        seeds.start();
    }

    private HealthCheck.Result health() {
        return joined.isDone() && !joined.isCompletedExceptionally()
                ? new HealthCheck.Result(
                        true,
                        "member of cluster " + clusterId + " of " + view.live().size() + " nodes")
                : new HealthCheck.Result(false, notJoined());
    }

    private String notJoined() {
        return "this node has not joined: it looks for its seeds " + config.seeds() + " until " + config.expect()
                + " nodes have found each other";
    }

    /** Without this a wrong seed shows only to who asks for the health. */
    private void warnUnlessJoined() {
        if (!joined.isDone()) {
            log.warn("node {}: {}; check the seeds and that those nodes run", identity.node(), notJoined());
        }
    }

    private void ask(SwimRequest request) {
        try {
            loop.request(request);
        } catch (OverloadedException e) {
            log.warn("{} is dropped: {}", request, e.getMessage());
        }
    }

    private void post(SwimRequest request) {
        loop.request(request);
    }

    private void send(Address to, Packet packet) {
        Message message = new Message(ROUTE, CallContext.EMPTY, PacketCodec.encode(packet), Lane.CONTROL);
        transport.send(to, message).whenComplete((done, failure) -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof ClusterMismatchException) {
                ask(new SwimRequest.WireRefused(to, String.valueOf(cause.getMessage())));
            } else if (cause instanceof UnavailableException) {
                ask(new SwimRequest.Unreachable(to));
            } else if (cause != null) {
                unsent(to, cause);
            }
        });
    }

    /** Gossip makes up for a message now and then; one that can never be sent must be seen by somebody. */
    private void unsent(Address to, Throwable cause) {
        meters.dropped("unsent");
        if (cause instanceof InvalidContractException) {
            log.warn("a message of node {} to {} is not sent: {}", identity.node(), to, cause.getMessage());
        } else {
            log.debug("a message to {} is not sent: {}", to, cause.toString());
        }
    }

    /** A packet must come from the node that its connection named: with mutual TLS that name is proven. */
    private void receive(Inbound inbound) {
        Packet packet;
        try {
            packet = PacketCodec.decode(inbound.payload());
        } catch (ProtocolException e) {
            meters.dropped("broken");
            log.debug("message of {} is dropped: {}", inbound.peer(), e.getMessage());
            return;
        }
        if (packet.isFrom(inbound.peer().node())) {
            loop.deliver(inbound.peer().address(), packet);
        } else {
            meters.dropped("spoofed");
            log.debug("message of {} is dropped: it names another sender", inbound.peer());
        }
    }

    /** On the loop's thread. */
    private void publish(SwimEvent event) {
        if (event instanceof SwimEvent.MemberChanged changed) {
            onMember(changed.member());
        } else if (event instanceof SwimEvent.MemberForgotten forgotten) {
            view.forget(forgotten.member().id());
            listeners.forget(forgotten.member().id());
        } else if (event instanceof SwimEvent.ServiceChanged changed) {
            view.apply(changed.change());
            listeners.tell(changed.change(), waiters::check);
        } else if (event instanceof SwimEvent.NoteChanged changed) {
            board.apply(changed);
        } else if (event instanceof SwimEvent.Formed formed) {
            founders = formed.founders();
            clusterId = formed.clusterId();
        } else if (event instanceof SwimEvent.Joined) {
            joined.complete(null);
        } else if (event instanceof SwimEvent.Refused refused) {
            log.error("node {} is refused and stays silent: {}", identity.node(), refused.reason());
            joined.completeExceptionally(new ClusterMismatchException(refused.reason()));
        } else if (event instanceof SwimEvent.Left) {
            left.countDown();
        } else if (event instanceof SwimEvent.Probed probed) {
            meters.probed(probed);
        } else if (event instanceof SwimEvent.HealthChanged changed) {
            meters.health(changed.score());
        } else if (event instanceof SwimEvent.Decided decided) {
            onDecision(decided);
        }
    }

    private void onMember(Member member) {
        if (member.id().equals(identity.node())) {
            self = member;
        }
        view.put(member);
        listeners.tell(new MembershipEvent(member));
    }

    private void onDecision(SwimEvent.Decided decided) {
        meters.decided(decided.kind());
        telemetry.recorder().record("swim", decided.subject(), decided.text());
        if (decided.kind() == SwimEvent.Decision.REFUSE) {
            log.warn("node {}: {}", identity.node(), decided.text());
        } else {
            log.info("{} {}: {}", decided.kind(), decided.subject(), decided.text());
        }
    }

    @Override
    public Member self() {
        Member known = self;
        return known != null
                ? known
                : new Member(identity.node(), identity.address(), identity.zone(), 0, MemberState.ALIVE);
    }

    @Override
    public Optional<String> clusterId() {
        String id = clusterId;
        return id.isEmpty() ? Optional.empty() : Optional.of(id);
    }

    @Override
    public List<NodeId> founders() {
        return founders;
    }

    @Override
    public List<Member> members() {
        return view.live();
    }

    @Override
    public Optional<Member> member(NodeId id) {
        return Optional.ofNullable(view.known().get(id));
    }

    @Override
    public Registration listen(Consumer<MembershipEvent> listener) {
        return listeners.listen(listener);
    }

    @Override
    public CompletionStage<Void> joined() {
        return joined.minimalCompletionStage();
    }

    @Override
    public void register(ServiceInstance instance) {
        Check.that(
                instance.node().equals(identity.node()),
                "service %s is offered for node %s, but this node is %s; register it there",
                instance.service(),
                instance.node(),
                identity.node());
        synchronized (offered) {
            int limit = config.swim().maxServices();
            if (!offered.contains(instance.service()) && offered.size() >= limit) {
                throw new OverloadedException(
                        "node " + identity.node() + " has offered " + limit
                                + " service names, its limit (maxServices); " + "raise it on all nodes or offer fewer",
                        Duration.ofSeconds(1));
            }
            loop.request(new SwimRequest.Register(instance));
            offered.add(instance.service());
        }
    }

    @Override
    public void withdraw(ServiceName service) {
        loop.request(new SwimRequest.Withdraw(service));
    }

    @Override
    public List<ServiceInstance> instances(ServiceName service) {
        return view.instances(service);
    }

    @Override
    public List<ServiceName> services() {
        return view.services();
    }

    @Override
    public Registration watch(ServiceName service, Consumer<ServiceEvent> listener) {
        return listeners.watch(service, listener);
    }

    /**
     * What all nodes tell each other.
     *
     * @return the bulletin; it ends with this node
     */
    public Bulletin bulletin() {
        return board;
    }

    @Override
    public CompletionStage<List<ServiceInstance>> awaitInstances(ServiceName service, int count, Duration timeout) {
        return waiters.await(service, count, timeout);
    }

    @Override
    public void close() {
        if (!beginClose()) {
            return;
        }
        ask(new SwimRequest.Leave());
        try {
            if (!left.await(config.leaveTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn(
                        "goodbye of node {} did not spread within {}; others may see a death",
                        identity.node(),
                        DurationText.of(config.leaveTimeout()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stop();
    }

    private boolean beginClose() {
        synchronized (registrations) {
            boolean first = !closed;
            closed = true;
            seeds.close();
            return first;
        }
    }

    /** Stops without a goodbye: for tests, in place of a death. */
    void abandon() {
        if (beginClose()) {
            stop();
        }
    }

    private void stop() {
        registrations.forEach(Registration::close);
        loop.close();
        joined.completeExceptionally(
                new UnavailableException("node " + identity.node() + " was closed before it had joined"));
        waiters.close(identity.node());
        listeners.close();
        meters.close();
    }
}
