package io.holdfast.node;

import io.holdfast.circuitbreaker.Policies;
import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.circuitbreaker.overload.BrownOut;
import io.holdfast.consensus.Candidacy;
import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.LeaderElection;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.ShardedMap;
import io.holdfast.contract.ContractReader;
import io.holdfast.core.Address;
import io.holdfast.core.InvalidContractException;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.env.ShutdownHook;
import io.holdfast.core.slo.SloBook;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.Discovery;
import io.holdfast.discovery.traffic.TrafficPolicies;
import io.holdfast.entity.Entities;
import io.holdfast.gateway.Routes;
import io.holdfast.inject.Assembler;
import io.holdfast.replication.cache.NearCache;
import io.holdfast.replication.cache.NearCacheOptions;
import io.holdfast.replication.crdt.CrdtSpace;
import io.holdfast.replication.quorum.LatestMap;
import io.holdfast.replication.quorum.QuorumSpace;
import io.holdfast.rpc.ClientSide;
import io.holdfast.rpc.ServiceClient;
import io.holdfast.sharding.handoff.ShardControl;
import io.holdfast.sharding.job.ClusterJobs;
import io.holdfast.sharding.map.KeyHash;
import io.holdfast.sharding.work.ShardWork;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node from its start to its end. Safe for use by many threads. */
public final class RunningNode implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunningNode.class);
    private final Configuration configuration;
    private final NodeParts parts;
    private final ContractReader reader;
    private final HostedServices services;
    private final LeaderDuties duties;
    private final NodeJobs jobs;
    private final ClientSide clients;
    private final Readiness readiness;
    private @Nullable Gateway gateway;

    private RunningNode(Configuration configuration, NodeParts parts) {
        this.configuration = configuration;
        this.parts = parts;
        this.reader = new ContractReader(parts.codec());
        this.services = new HostedServices(
                reader,
                parts.serverSide(),
                parts.discovery(),
                parts.self(),
                parts.settings().node().version());
        this.duties = new LeaderDuties(
                parts.self().id(),
                this::consensus,
                parts.settings().leaderOnly(),
                parts.environment().clock(),
                parts.telemetry());
        this.jobs = new NodeJobs(
                parts.self().id(), this::clusterJobs, parts.settings().jobs());
        this.clients = parts.clientSide();
        this.readiness = new Readiness(parts.discovery(), parts.telemetry(), parts.environment());
    }

    /**
     * Starts a node: it listens and joins in the background.
     *
     * @param configuration all sources
     * @param tracing where spans go, or null for the global one
     * @return the running node
     * @throws io.holdfast.core.HoldfastException if the configuration is wrong or a port is taken
     */
    public static RunningNode start(Configuration configuration, @Nullable OpenTelemetry tracing) {
        NodeParts parts = NodeParts.start(
                NodeSettings.bind(configuration), tracing == null ? GlobalOpenTelemetry.getOrNoop() : tracing);
        return new RunningNode(configuration, parts);
    }

    /**
     * Its name.
     *
     * @return the id
     */
    public NodeId id() {
        return parts.self().id();
    }

    /**
     * Where it listens for nodes.
     *
     * @return the address
     */
    public Address address() {
        return parts.self().address();
    }

    /**
     * Where the admin endpoint answers.
     *
     * @return the base URI; with a loopback host if it listens on all addresses
     */
    public URI admin() {
        return BoundUri.of(parts.admin());
    }

    /**
     * Who is in the cluster and who serves what.
     *
     * @return the discovery
     */
    public Discovery discovery() {
        return parts.discovery();
    }

    /**
     * Metrics, traces, health, decisions.
     *
     * @return the telemetry
     */
    public Telemetry telemetry() {
        return parts.telemetry();
    }

    /**
     * The resilience policies.
     *
     * @return the policies
     */
    public Policies policies() {
        return parts.policies();
    }

    /**
     * How hard this node is pressed.
     *
     * @return its brown-out level
     */
    public BrownOut brownOut() {
        return parts.admission().brownOut();
    }

    /**
     * How calls find their instance.
     *
     * @return the traffic policies
     */
    public TrafficPolicies traffic() {
        return parts.traffic();
    }

    /**
     * What goes wrong on purpose.
     *
     * @return the experiments
     */
    public Chaos chaos() {
        return parts.safety().chaos();
    }

    /**
     * What is wanted of the services.
     *
     * @return the objectives
     */
    public SloBook slos() {
        return parts.safety().slos();
    }

    /**
     * What all nodes agree on.
     *
     * @return the primitives
     * @throws IllegalStateException if this node takes no part
     * @throws UnavailableException if it leaves
     */
    public Consensus consensus() {
        return consensusPart().consensus();
    }

    /**
     * A map that is spread over all groups.
     *
     * @param name its name
     * @param keys the keys' type
     * @param values the values' type
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the map
     * @throws IllegalStateException if this node takes no part
     * @throws UnavailableException if it leaves, or another node has another number of groups
     */
    public <K, V> ShardedMap<K, V> shardedMap(String name, Class<K> keys, Class<V> values) {
        ConsensusPart part = consensusPart();
        return ShardedMap.of(
                IntStream.range(0, part.groups())
                        .mapToObj(i -> part.consensus(i).map(name, keys, values))
                        .toList(),
                KeyHash::of);
    }

    /**
     * A near cache of a replicated map.
     *
     * @param map the map
     * @param options how it keeps and writes
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the cache
     */
    public <K, V> NearCache<K, V> nearCache(ReplicatedMap<K, V> map, NearCacheOptions options) {
        MapOrigin<K, V> origin = new MapOrigin<>(map, parts.environment().clock(), options.questionPause());
        return parts.nearCaches().start(map.name(), origin, options);
    }

    /**
     * A near cache of a sharded map.
     *
     * @param map the map
     * @param options how it keeps and writes
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the cache
     */
    public <K, V> NearCache<K, V> nearCache(ShardedMap<K, V> map, NearCacheOptions options) {
        ShardedOrigin<K, V> origin =
                new ShardedOrigin<>(map, parts.environment().clock(), options.questionPause());
        return parts.nearCaches().start(map.parts().get(0).name(), origin, options);
    }

    /**
     * Event logs, what consumes them, and aggregates.
     *
     * @return what makes them
     */
    public NodeEvents events() {
        return parts.events();
    }

    /**
     * A near cache of a quorum map.
     *
     * @param map the map
     * @param options how it keeps and writes
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the cache
     */
    public <K, V> NearCache<K, V> nearCache(LatestMap<K, V> map, NearCacheOptions options) {
        return parts.nearCaches().start(map.name(), new LatestOrigin<>(map), options);
    }

    NodeParts parts() {
        return parts;
    }

    ConsensusPart consensusPart() {
        return parts.requireConsensus();
    }

    /**
     * Functions beside the data of every shard.
     *
     * @return what registers and runs them
     * @throws IllegalStateException if this node takes no part in shards
     * @throws UnavailableException before the node has joined
     */
    public ShardWork shardWork() {
        return shardingPart().work();
    }

    /**
     * What operators see and change of the shards.
     *
     * @return the control
     * @throws IllegalStateException if this node takes no part in shards
     * @throws UnavailableException before the node has joined
     */
    public ShardControl shards() {
        return shardingPart().control();
    }

    /**
     * The quorum maps.
     *
     * @return what makes them
     * @throws IllegalStateException if replication or consensus is not enabled on this node
     * @throws UnavailableException before the node has joined
     */
    public QuorumSpace quorum() {
        return replicationPart().quorum();
    }

    /**
     * The replicated values.
     *
     * @return what makes them
     * @throws IllegalStateException if replication is not enabled on this node
     */
    public CrdtSpace crdts() {
        return replicationPart().crdts();
    }

    /**
     * How values become bytes.
     *
     * @return the codec
     */
    public Codec codec() {
        return parts.codec();
    }

    private ReplicationPart replicationPart() {
        return parts.replication()
                .orElseThrow(() -> new IllegalStateException("node " + id()
                        + " takes no part in replication; set holdfast.replication.enabled=true on all nodes of the"
                        + " cluster"));
    }

    private ClusterJobs clusterJobs() {
        return shardingPart().jobs();
    }

    private ShardingPart shardingPart() {
        return parts.sharding()
                .orElseThrow(() -> new IllegalStateException("node " + id()
                        + " takes no part in shards; set holdfast.sharding.enabled=true on all nodes of the cluster"));
    }

    /**
     * What runs once in the cluster.
     *
     * @return the jobs; each use throws {@link IllegalStateException} if this node owns no shards
     */
    public ClusterJobs jobs() {
        return jobs;
    }

    /**
     * The entities of the cluster.
     *
     * @param assembler makes the objects of hosted classes
     * @return the entities; they throw {@link IllegalStateException} if this node takes no part in shards
     */
    public Entities entities(Supplier<Assembler> assembler) {
        return new Entities(
                reader,
                parts.codec(),
                clients,
                parts.serverSide(),
                () -> shardingPart().entities(),
                assembler);
    }

    /**
     * What the node was configured from.
     *
     * @return the sources
     */
    public Configuration configuration() {
        return configuration;
    }

    /**
     * Offers a service, stands for the elections of its {@link io.holdfast.service.LeaderOnly} methods, and hosts what {@link io.holdfast.service.Scheduled} and {@link io.holdfast.service.Singleton} make of it.
     *
     * @param service implements contracts, or has such annotations
     */
    public void host(Object service) {
        List<LeaderMethod> offices = LeaderMethod.of(service);
        ClusterWork work = ClusterWork.of(service);
        if (!offices.isEmpty()) {
            consensusPart();
        }
        duties.check(offices);
        jobs.check(work);
        services.host(service, !offices.isEmpty() || !work.isEmpty());
        offices.forEach(office -> duties.lead(office.election(), office.every(), office.body()));
        jobs.host(work);
    }

    /**
     * Stands for an election, and does a job whenever this node is elected.
     *
     * @param election its name
     * @param body the job
     * @return ends the candidacy
     * @throws InvalidContractException if this node stands for it already
     * @throws IllegalStateException if this node takes no part in consensus
     */
    public Candidacy leaderOnly(String election, LeaderElection.Duty body) {
        return duties.lead(election, Duration.ZERO, body);
    }

    /**
     * Makes a client.
     *
     * @param contract the interface
     * @param only the one node to call, or null for any
     * @param <T> the interface
     * @return the client
     */
    public <T> T client(Class<T> contract, @Nullable NodeId only) {
        return contract.cast(ServiceClient.of(reader.read(contract), clients, only));
    }

    /**
     * Adds routes to the gateway; the first call opens it once they stand.
     *
     * @param answers adds the routes
     */
    public synchronized void http(Consumer<Routes> answers) {
        Gateway open = gateway;
        if (open != null) {
            answers.accept(open.routes());
            return;
        }
        open = Gateway.open(parts, answers);
        gateway = open;
        log.info("node {} gateway {}", id(), BoundUri.of(open.server()));
    }

    /**
     * Where the gateway answers.
     *
     * @return the base URI
     * @throws IllegalStateException if it is not open
     */
    public synchronized URI gateway() {
        Gateway open = gateway;
        if (open == null) {
            throw new IllegalStateException("the gateway is not open; add a route with http(..) first");
        }
        return BoundUri.of(open.server());
    }

    /**
     * Whether every readiness check is up.
     *
     * @return what {@code /health/ready} says
     */
    public boolean ready() {
        return readiness.isUp();
    }

    /**
     * Waits until every readiness check is up.
     *
     * @param limit how long
     * @throws UnavailableException if that does not come in time
     */
    public void awaitReady(Duration limit) {
        readiness.await(limit);
    }

    /** Waits until the node was closed. */
    public void awaitShutdown() {
        parts.lifecycle().awaitEnd();
    }

    /** Leaves gracefully; see {@link Departure}. A second caller waits for the first. */
    @Override
    public void close() {
        if (!parts.lifecycle().beginDraining()) {
            awaitShutdown();
            return;
        }
        try {
            new Departure(parts, services, opened()).run();
        } finally {
            parts.lifecycle().ended();
        }
    }

    /** Leaves gracefully when the process is told to end; a node that was closed before is forgotten. */
    public void leaveAtExit() {
        parts.closers().add("shutdown hook", ShutdownHook.register("holdfast-leave-" + id(), this::close));
    }

    private synchronized @Nullable Gateway opened() {
        return gateway;
    }

    /** Dies as a killed process does, as far as others can tell: connections break, nothing is said. */
    public void abandon() {
        if (parts.lifecycle().beginDraining()) {
            parts.transport().close();
            parts.closers().closeAll();
            parts.lifecycle().ended();
        }
    }
}
