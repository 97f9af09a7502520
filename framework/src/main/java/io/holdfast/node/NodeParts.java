package io.holdfast.node;

import io.holdfast.admin.AdminRoutes;
import io.holdfast.admin.LocalChanges;
import io.holdfast.admin.SameOrigin;
import io.holdfast.circuitbreaker.Policies;
import io.holdfast.circuitbreaker.overload.Admission;
import io.holdfast.codec.CborCodec;
import io.holdfast.codec.CodecLimits;
import io.holdfast.consensus.backup.Backup;
import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.FileCells;
import io.holdfast.core.telemetry.FlightRecorder;
import io.holdfast.core.telemetry.HealthChecks;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.discovery.Discovery;
import io.holdfast.discovery.swim.SwimIdentity;
import io.holdfast.discovery.traffic.TrafficPolicies;
import io.holdfast.gateway.GatewayCalls;
import io.holdfast.metrics.PrometheusMetrics;
import io.holdfast.rpc.ClientSide;
import io.holdfast.rpc.CorrelationIds;
import io.holdfast.rpc.RpcMetric;
import io.holdfast.rpc.RpcTracing;
import io.holdfast.rpc.ServerSide;
import io.holdfast.transport.LinkFaults;
import io.holdfast.transport.TransportConfig;
import io.holdfast.transport.TransportIdentity;
import io.holdfast.transport.http.HttpConfig;
import io.holdfast.transport.http.HttpHandler;
import io.holdfast.transport.http.HttpServer;
import io.holdfast.transport.netty.NettyHttpServer;
import io.holdfast.transport.netty.NettyTransport;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node is made of, started in the order of dependence. Immutable once started. */
final class NodeParts {
    private static final Logger log = LoggerFactory.getLogger(NodeParts.class);

    private final NodeSettings settings;
    private final Closers closers = new Closers();
    private final NodeId id;
    private final Environment environment;
    private final Telemetry telemetry;
    private final Lifecycle lifecycle;
    private final CorrelationIds correlationIds;
    private final LongAdder active = new LongAdder();
    private final LongAdder arrivals = new LongAdder();
    private final ExecutorService handlers;
    private final LinkFaults links;
    private final Transport transport;
    private final Member self;
    private final Discovery discovery;
    private final Codec codec = CborCodec.of(CodecLimits.standard());
    private final Optional<ConsensusPart> consensus;
    private final NearCaches nearCaches;
    private final NodeEvents events;
    private final Optional<ShardingPart> sharding;
    private final Optional<ReplicationPart> replication;
    private final ChaosPart safety;
    private final Policies policies;
    private final Admission admission;
    private final TrafficPolicies traffic;
    private final HttpServer admin;

    private NodeParts(NodeSettings settings, OpenTelemetry tracing) {
        this.settings = settings;
        try {
            environment = closers.add("environment", Environment.system());
            correlationIds = new CorrelationIds(environment.random());
            NodeConfig node = settings.node();
            id = node.id().orElseGet(this::randomId);
            PrometheusMetrics metrics = closers.add("metrics", new PrometheusMetrics());
            telemetry = new Telemetry(
                    metrics.registry(),
                    tracer(tracing),
                    new HealthChecks(),
                    new FlightRecorder(environment.wallClock(), FlightRecorder.DEFAULT_CAPACITY));
            lifecycle = new Lifecycle(telemetry.health());
            handlers = environment
                    .threads()
                    .handlers("holdfast-call-" + id, settings.server().maxConcurrent());
            closers.add("handlers", handlers::shutdownNow);
            AtomicReference<Discovery> joining = new AtomicReference<>();
            links = settings.wire().faults();
            transport = closers.add("transport", startTransport(joining));
            self = new Member(id, transport.address(), node.zone(), 0, MemberState.ALIVE);
            DurableCells cells = cells();
            discovery = closers.add("discovery", startDiscovery(cells));
            joining.set(discovery);
            consensus = startConsensus(cells);
            replication = startReplication(cells);
            nearCaches = closers.add("near caches", new NearCaches(environment, telemetry.meters()));
            sharding = startSharding();
            events = closers.add(
                    "consumers",
                    new NodeEvents(new NodeEvents.Ground(
                            id, this::requireConsensus, codec, discovery.bulletin(), environment, telemetry.meters())));
            safety = ChaosPart.of(settings, id, discovery, environment, telemetry);
            closers.add("experiments", safety.chaos());
            policies = closers.add(
                    "policies",
                    Policies.of(
                            environment,
                            telemetry.meters(),
                            telemetry.recorder(),
                            settings.policies(),
                            safety.chaos()));
            admission = closers.add(
                    "admission",
                    Admission.of(settings.server().admission(), environment, telemetry.meters(), telemetry.recorder()));
            closers.add("shared policies", policies.share(discovery.bulletin(), discovery));
            traffic = makeTraffic();
            safety.guard(traffic);
            admin = closers.add(
                    "admin endpoint",
                    serve(
                            "admin",
                            HttpConfig.local()
                                    .withBind(Address.of(
                                            settings.admin().host(),
                                            settings.admin().port())),
                            adminRoutes(metrics)));
            gauges();
        } catch (RuntimeException | Error e) {
            closers.closeAll();
            throw e;
        }
    }

    private HttpHandler adminRoutes(PrometheusMetrics metrics) {
        HttpHandler routes = AdminRoutes.of(
                telemetry,
                metrics,
                discovery,
                discovery,
                () -> consensus.map(ConsensusPart::pages),
                this::backup,
                () -> sharding.flatMap(ShardingPart::view),
                links,
                safety.chaos(),
                safety.slos(),
                policies,
                traffic);
        HttpHandler own = new SameOrigin(routes);
        return settings.admin().remoteChanges() ? own : new LocalChanges(own);
    }

    static NodeParts start(NodeSettings settings, OpenTelemetry tracing) {
        NodeParts parts = new NodeParts(settings, tracing);
        log.info(
                "node {} of cluster {} listens on {}, admin http://{}",
                parts.id,
                settings.node().cluster(),
                parts.transport.address(),
                parts.admin.address());
        log.info(
                "node {} calls pass: fallback > cache > coalesce > retry (budgeted) > hedge > circuit breaker > rate limit > adaptive limit > bulkhead > timeout > {}balance ({}) > send",
                parts.id,
                settings.chaos().enabled() ? "fault > " : "",
                settings.client().balance().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        return parts;
    }

    private NodeId randomId() {
        RandomGenerator random = environment.random().split("node-id");
        return NodeId.of("node-" + HexFormat.of().toHexDigits(random.nextInt()));
    }

    /** The application's tracer, or the one no-op that calls know to skip. */
    private static Tracer tracer(OpenTelemetry tracing) {
        return tracing.getTracerProvider() == TracerProvider.noop()
                ? TracerProvider.noop().get("")
                : tracing.getTracer("io.holdfast");
    }

    private Transport startTransport(AtomicReference<Discovery> joining) {
        TransportConfig config = settings.wire().of(settings.node());
        if (config.insecure() && config.tls().isEmpty()) {
            log.warn(
                    "node {} listens on {} without TLS because holdfast.node.insecure=true: whoever reaches the port is a trusted node; configure holdfast.transport.tls",
                    id,
                    config.bind());
        }
        TransportIdentity identity = new TransportIdentity(id, settings.node().cluster(), () -> {
            Discovery found = joining.get();
            return found == null ? Optional.empty() : found.clusterId();
        });
        return NettyTransport.start(identity, config, environment, telemetry.meters(), links);
    }

    private Discovery startDiscovery(DurableCells cells) {
        return Discovery.of(
                        new SwimIdentity(
                                settings.node().cluster(),
                                id,
                                transport.address(),
                                settings.node().zone()),
                        transport,
                        environment,
                        telemetry)
                .config(settings.gossip().of(settings.node()))
                .cells(cells)
                .start();
    }

    private TrafficPolicies makeTraffic() {
        RandomGenerator seeds = environment.random().split("balance");
        return new TrafficPolicies(
                new TrafficPolicies.Ground(
                        id,
                        settings.node().zone(),
                        discovery,
                        telemetry,
                        settings.client().balance(),
                        seeds::nextLong),
                settings.traffic());
    }

    private Optional<ConsensusPart> startConsensus(DurableCells cells) {
        if (!settings.consensus().enabled()) {
            return Optional.empty();
        }
        return Optional.of(closers.add(
                "consensus",
                ConsensusPart.start(
                        settings.consensus(),
                        settings.node().dataDir(),
                        new ConsensusPart.Ground(discovery, transport, cells, codec, environment, telemetry))));
    }

    ConsensusPart requireConsensus() {
        return consensus.orElseThrow(() -> new IllegalStateException("node " + id
                + " takes no part in consensus; set holdfast.consensus.enabled=true on all nodes of the cluster"));
    }

    private Optional<ShardingPart> startSharding() {
        if (!settings.sharding().enabled()) {
            return Optional.empty();
        }
        ConsensusPart groups = consensus.orElseThrow(); // the settings say so
        return Optional.of(closers.add(
                "sharding",
                ShardingPart.start(
                        settings.sharding(),
                        settings.shards(),
                        new ShardingPart.Ground(discovery, transport, groups, environment, telemetry))));
    }

    private Optional<ReplicationPart> startReplication(DurableCells cells) {
        if (!settings.replication().enabled()) {
            return Optional.empty();
        }
        return Optional.of(closers.add(
                "replication",
                ReplicationPart.start(
                        settings.replication(),
                        settings.crdt().within(settings.wire().maxFrameSize()),
                        new ReplicationPart.Ground(
                                discovery,
                                transport,
                                consensus,
                                settings.node().dataDir(),
                                cells,
                                environment,
                                telemetry))));
    }

    private CompletionStage<Backup> backup(String group) {
        return consensus
                .map(part -> part.backup(group))
                .orElseGet(() -> CompletableFuture.failedFuture(new UnavailableException(
                        "a backup was not taken: node " + id + " takes no part in consensus; ask one that does")));
    }

    private DurableCells cells() {
        Path directory = settings.node().dataDir().orElse(null);
        if (directory == null) {
            return DurableCells.inMemory();
        }
        try {
            return closers.add("data directory", FileCells.open(directory, id.value()));
        } catch (IllegalStateException | UncheckedIOException e) { // the operator's to mend, as a port that is taken
            throw new UnavailableException(e.getMessage() + " (holdfast.node.data-dir)", e);
        }
    }

    HttpServer serve(String name, HttpConfig config, HttpHandler handler) {
        return NettyHttpServer.start(name, config, handler, Runnable::run, environment, telemetry.meters());
    }

    private void gauges() {
        RpcMetric.SERVER_ACTIVE.gauge(active, LongAdder::sum).register(telemetry.meters());
    }

    ServerSide serverSide() {
        return new ServerSide(
                id,
                transport,
                environment.clock(),
                handlers,
                settings.server().maxConcurrent(),
                admission,
                telemetry,
                new RpcTracing(telemetry.tracer()),
                correlationIds,
                active,
                arrivals);
    }

    ClientSide clientSide() {
        return new ClientSide(
                id,
                transport,
                discovery,
                environment.clock(),
                telemetry,
                new RpcTracing(telemetry.tracer()),
                policies,
                traffic,
                environment.scheduler(),
                safety.slos(),
                settings.client().timeout());
    }

    GatewayCalls gatewayCalls() {
        GatewayConfig config = settings.gateway();
        return new GatewayCalls(
                environment.clock(),
                config.timeout(),
                config.maxCriticality(),
                handlers,
                correlationIds,
                new RpcTracing(telemetry.tracer()));
    }

    NodeSettings settings() {
        return settings;
    }

    NearCaches nearCaches() {
        return nearCaches;
    }

    NodeEvents events() {
        return events;
    }

    Closers closers() {
        return closers;
    }

    Environment environment() {
        return environment;
    }

    Telemetry telemetry() {
        return telemetry;
    }

    Lifecycle lifecycle() {
        return lifecycle;
    }

    Transport transport() {
        return transport;
    }

    Member self() {
        return self;
    }

    Discovery discovery() {
        return discovery;
    }

    Codec codec() {
        return codec;
    }

    Optional<ConsensusPart> consensus() {
        return consensus;
    }

    Optional<ReplicationPart> replication() {
        return replication;
    }

    Optional<ShardingPart> sharding() {
        return sharding;
    }

    TrafficPolicies traffic() {
        return traffic;
    }

    ChaosPart safety() {
        return safety;
    }

    Policies policies() {
        return policies;
    }

    Admission admission() {
        return admission;
    }

    HttpServer admin() {
        return admin;
    }

    /** How many calls have arrived since the start. */
    long arrivals() {
        return arrivals.sum();
    }
}
