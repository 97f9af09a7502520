package io.holdfast;

import io.holdfast.circuitbreaker.Policies;
import io.holdfast.circuitbreaker.chaos.Chaos;
import io.holdfast.circuitbreaker.overload.BrownOut;
import io.holdfast.consensus.AtomicCounter;
import io.holdfast.consensus.Candidacy;
import io.holdfast.consensus.Consensus;
import io.holdfast.consensus.DistributedLock;
import io.holdfast.consensus.LeaderElection;
import io.holdfast.consensus.ReplicatedMap;
import io.holdfast.consensus.ShardedMap;
import io.holdfast.consensus.WorkQueue;
import io.holdfast.consensus.WorkQueueOptions;
import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.ServiceDirectory;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.config.Configuration;
import io.holdfast.core.node.LaunchedNode;
import io.holdfast.core.slo.SloBook;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.discovery.traffic.TrafficPolicies;
import io.holdfast.entity.Entities;
import io.holdfast.gateway.Routes;
import io.holdfast.inject.Assembler;
import io.holdfast.node.RunningNode;
import io.holdfast.replication.aggregate.Aggregate;
import io.holdfast.replication.aggregate.AggregateConfig;
import io.holdfast.replication.aggregate.EventSourced;
import io.holdfast.replication.aggregate.Schema;
import io.holdfast.replication.cache.NearCache;
import io.holdfast.replication.cache.NearCacheOptions;
import io.holdfast.replication.crdt.CrdtSpace;
import io.holdfast.replication.event.ConsumerConfig;
import io.holdfast.replication.event.ConsumerGroup;
import io.holdfast.replication.event.EventHandler;
import io.holdfast.replication.event.EventLog;
import io.holdfast.replication.quorum.LatestMap;
import io.holdfast.replication.quorum.QuorumMap;
import io.holdfast.replication.quorum.QuorumOptions;
import io.holdfast.replication.quorum.QuorumSpace;
import io.holdfast.sharding.handoff.ShardControl;
import io.holdfast.sharding.job.ClusterJobs;
import io.holdfast.sharding.work.ShardWork;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** A running node. Closing it leaves the cluster gracefully. Safe for use by many threads. */
public final class HoldfastNode implements LaunchedNode {
    private final RunningNode running;
    private final Entities entities;
    private final Assembler assembler;

    HoldfastNode(RunningNode running) {
        this.running = running;
        this.entities = running.entities(this::assembler);
        this.assembler = new Assembler(
                Map.of(
                        HoldfastNode.class, this,
                        NodeId.class, running.id(),
                        Entities.class, entities,
                        Membership.class, running.discovery(),
                        ServiceDirectory.class, running.discovery(),
                        Policies.class, running.policies(),
                        BrownOut.class, running.brownOut(),
                        TrafficPolicies.class, running.traffic(),
                        Telemetry.class, running.telemetry(),
                        Configuration.class, running.configuration()),
                running::consensus,
                this::client,
                running.configuration());
    }

    private Assembler assembler() {
        return assembler;
    }

    @Override
    public NodeId id() {
        return running.id();
    }

    @Override
    public Address address() {
        return running.address();
    }

    @Override
    public URI admin() {
        return running.admin();
    }

    @Override
    public Membership membership() {
        return running.discovery();
    }

    @Override
    public ServiceDirectory services() {
        return running.discovery();
    }

    @Override
    public void host(Object service) {
        running.host(service instanceof Class<?> type ? assembler.make(type) : service);
    }

    /**
     * Makes an object and hosts it. Its one constructor, or the one with {@code jakarta.inject.Inject}, is given what it asks for: this node and its parts by their types; primitives by type
     * and {@code jakarta.inject.Named}; clients by their contracts; records of configuration with {@code Named} for the prefix of their keys.
     *
     * <pre>{@code
     * PlaybackService(@Named("titles") ReplicatedMap<String, Title> titles, Entitlements entitlements, @Named("app.playback") PlaybackConfig config)
     * }</pre>
     *
     * @param type the class; as {@link #host(Object)} asks
     * @param <T> the class
     * @return the object
     * @throws io.holdfast.core.InvalidContractException if a parameter fits nothing, with every problem; or as {@link #host(Object)} does
     */
    public <T> T host(Class<T> type) {
        T made = assembler.make(type);
        running.host(made);
        return made;
    }

    @Override
    public <T> T client(Class<T> contract) {
        return running.client(contract, null);
    }

    /**
     * A client of a service on one node only.
     *
     * @param contract the service's interface
     * @param node the node to call; a call fails with {@link io.holdfast.core.UnavailableException} at once while that node does not offer the service
     * @param <T> the service's interface
     * @return a client that is safe for use by many threads
     * @throws io.holdfast.core.InvalidContractException if the contract breaks a rule; the message names the place and the fix
     */
    public <T> T client(Class<T> contract, NodeId node) {
        return running.client(contract, node);
    }

    /**
     * Adds routes to this node's HTTP gateway. The gateway begins to listen with the first call of this method, on {@code holdfast.gateway.port}, when the routes of that call stand: no
     * request finds it without them.
     *
     * @param answers adds the routes
     * @throws io.holdfast.core.UnavailableException if the port is taken
     */
    public void http(Consumer<Routes> answers) {
        running.http(answers);
    }

    /**
     * Where the gateway answers.
     *
     * @return the base URI
     * @throws IllegalStateException if {@link #http} was not called yet
     */
    public URI gateway() {
        return running.gateway();
    }

    /**
     * Maps, locks, counters, queues and more that all nodes of the cluster agree on, in one group of replicas. Needs {@code holdfast.consensus.enabled=true} on all nodes. What is blocking
     * in them throws {@link IllegalStateException} on a thread that reads sockets.
     *
     * @return the primitives; the node's session with the group opens with their first use and ends with the node
     * @throws IllegalStateException if consensus is not enabled on this node
     * @throws io.holdfast.core.UnavailableException if this node leaves
     */
    public Consensus consensus() {
        return running.consensus();
    }

    /**
     * Functions that run beside the data of every shard, on its owner: {@code node.shardWork().register("sizes", task)} on all nodes, {@code forEach("sizes", argument, deadline)} on any.
     *
     * @return what registers and runs them
     * @throws IllegalStateException if sharding is not enabled on this node
     * @throws io.holdfast.core.UnavailableException before the node has joined; wait until it is ready
     */
    public ShardWork shardWork() {
        return running.shardWork();
    }

    /**
     * Who owns which shard, what will move and why ({@code plan()}), what would move if nodes came or went ({@code plan(WhatIf.NOTHING.leaves(node))}), and {@code operations()}: pause and resume, pins, bans.
     *
     * @return the same that {@code /admin/shards} shows and changes
     * @throws IllegalStateException if sharding is not enabled on this node
     * @throws io.holdfast.core.UnavailableException before the node has joined; wait until it is ready
     */
    public ShardControl shards() {
        return running.shards();
    }

    /**
     * Objects with a key and a durable state, each alive on one node of the cluster, called from any. Needs {@code holdfast.sharding.enabled=true} on all nodes.
     *
     * @return the entities; they say so when sharding is not enabled on this node
     */
    public Entities entities() {
        return entities;
    }

    /**
     * Does a job on one node of the cluster at a time: stands for an election, and runs the body once a term, whenever this node is elected. {@link io.holdfast.service.LeaderOnly} says
     * what is guaranteed; it is the same for a method of an object that this node hosts.
     *
     * @param election the election; all nodes that stand for the same one take turns
     * @param body the job, which is interrupted when its term ends; one that returns keeps the office
     * @return ends the candidacy
     * @throws io.holdfast.core.InvalidContractException if this node stands for that election already
     * @throws IllegalStateException if consensus is not enabled on this node
     */
    public Candidacy leaderOnly(String election, LeaderElection.Duty body) {
        return running.leaderOnly(election, body);
    }

    /**
     * Jobs, services and workers that run once in the cluster: hosted by code, beside those of {@link io.holdfast.service.Scheduled} and {@link io.holdfast.service.Singleton}. {@code holdfast.jobs.<name>.*} wins over what the code says.
     *
     * @return the jobs; each use throws {@link IllegalStateException} if this node owns no shards
     */
    public ClusterJobs jobs() {
        return running.jobs();
    }

    /**
     * A replicated map; short for {@code consensus().map(name, keys, values)}.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @param keys the keys' type, for instance {@code String.class}
     * @param values the values' type, a record for instance
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the map; all nodes must use it with the same types
     * @throws IllegalStateException if consensus is not enabled on this node
     * @throws io.holdfast.core.InvalidContractException if a type cannot be encoded
     */
    public <K, V> ReplicatedMap<K, V> map(String name, Class<K> keys, Class<V> values) {
        return running.consensus().map(name, keys, values);
    }

    /**
     * A map whose keys are spread over all groups of the cluster, {@code holdfast.consensus.groups}: for many writers. It is made of the replicated map of its name in each group, so one name is for one of
     * both kinds of map.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @param keys the keys' type, for instance {@code String.class}
     * @param values the values' type, a record for instance
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the map; all nodes must use it with the same types
     * @throws IllegalStateException if consensus is not enabled on this node
     * @throws io.holdfast.core.UnavailableException if another node has another number of groups
     * @throws io.holdfast.core.InvalidContractException if a type cannot be encoded
     */
    public <K, V> ShardedMap<K, V> shardedMap(String name, Class<K> keys, Class<V> values) {
        return running.shardedMap(name, keys, values);
    }

    /**
     * A map without a leader, readable and writable wherever a quorum of a key's replicas is; concurrent writes stand side by side, or are merged by {@link QuorumMap#merging}. Needs
     * {@code holdfast.replication.enabled=true} and {@code holdfast.consensus.enabled=true} on all nodes.
     *
     * @param name its name, alike on all nodes
     * @param keys the keys' type; a record or a text, for instance
     * @param values the values' type
     * @param options how many replicas its calls need, {@code QuorumOptions.MAJORITY} for a start
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the map; all nodes must use it with the same types
     * @throws IllegalStateException if replication or consensus is not enabled on this node
     * @throws io.holdfast.core.UnavailableException before the node has joined; wait until it is ready
     * @throws io.holdfast.core.InvalidContractException if a type cannot be encoded
     */
    public <K, V> QuorumMap<K, V> quorumMap(String name, Class<K> keys, Class<V> values, QuorumOptions options) {
        return running.quorum()
                .map(name, running.codec().forType(keys), running.codec().forType(values), options);
    }

    /**
     * As {@link #quorumMap}, of which the latest write stands.
     *
     * @param name its name, alike on all nodes
     * @param keys the keys' type
     * @param values the values' type
     * @param options how many replicas its calls need
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the map
     * @throws IllegalStateException as {@link #quorumMap}
     * @throws io.holdfast.core.UnavailableException as {@link #quorumMap}
     * @throws io.holdfast.core.InvalidContractException as {@link #quorumMap}
     */
    public <K, V> LatestMap<K, V> latestMap(String name, Class<K> keys, Class<V> values, QuorumOptions options) {
        return running.quorum()
                .latestMap(name, running.codec().forType(keys), running.codec().forType(values), options);
    }

    /**
     * Who keeps the rows of quorum maps, and how this node leaves them.
     *
     * @return the space
     * @throws IllegalStateException as {@link #quorumMap}
     * @throws io.holdfast.core.UnavailableException as {@link #quorumMap}
     */
    public QuorumSpace quorum() {
        return running.quorum();
    }

    /**
     * Counters, sets, registers, flags and maps of those that every node reads and changes at once, also in a partition, and that come to the same value everywhere. Needs
     * {@code holdfast.replication.enabled=true} on all nodes.
     *
     * @return what makes them
     * @throws IllegalStateException if replication is not enabled on this node
     */
    public CrdtSpace crdts() {
        return running.crdts();
    }

    /**
     * Copies of a replicated map's entries in this process. They end with the node; what write-behind holds is written then, within the node's drain time.
     *
     * @param map the map
     * @param options the staleness bound and more, {@code NearCacheOptions.bounded(Duration.ofSeconds(1))} for a start
     * @param <K> the keys' type, with {@code equals} and {@code hashCode}
     * @param <V> the values' type
     * @return the cache; {@link NearCache} says what it promises
     * @throws IllegalArgumentException if this node has a near cache of that map already
     * @throws io.holdfast.core.UnavailableException if this node leaves
     */
    public <K, V> NearCache<K, V> nearCache(ReplicatedMap<K, V> map, NearCacheOptions options) {
        return running.nearCache(map, options);
    }

    /**
     * As {@link #nearCache(ReplicatedMap, NearCacheOptions)}, of a sharded map.
     *
     * @param map the map
     * @param options the staleness bound and more
     * @param <K> the keys' type, with {@code equals} and {@code hashCode}
     * @param <V> the values' type
     * @return the cache
     * @throws IllegalArgumentException if this node has a near cache of that map already
     * @throws io.holdfast.core.UnavailableException if this node leaves
     */
    public <K, V> NearCache<K, V> nearCache(ShardedMap<K, V> map, NearCacheOptions options) {
        return running.nearCache(map, options);
    }

    /**
     * Events in one order within each of several partitions, which are spread over all groups of the cluster, {@code holdfast.consensus.groups}. Needs {@code holdfast.consensus.enabled=true} on all nodes. A
     * partition lives in the memory of its group's replicas: it keeps 64 MiB and refuses more until it is trimmed, unless {@code log.journal(partition).configure(..)} has said otherwise.
     *
     * @param name its name, 1 to 200 bytes of UTF-8; other structures may have the same
     * @param events the events' type: a record, or a sealed interface of records
     * @param partitions how many, 1 to 1,024; all nodes must say the same for ever, for with another number keys go elsewhere
     * @param <E> the events' type
     * @return the log; all nodes must use it with the same type
     * @throws IllegalStateException if consensus is not enabled on this node
     * @throws io.holdfast.core.UnavailableException if this node leaves, or another node has another number of groups
     * @throws io.holdfast.core.InvalidContractException if the type cannot be encoded
     */
    public <E> EventLog<E> eventLog(String name, Class<E> events, int partitions) {
        return running.events().log(name, events, partitions);
    }

    /**
     * Consumes a log together with all nodes that do so in the same group: each partition on one node at a time, divided anew when nodes come and go. It ends with the node, which finishes what is at work within its
     * drain time and lets its partitions go.
     *
     * <pre>{@code
     * node.consume(plays, ConsumerConfig.of("billing"), batch -> charge(batch.events()));
     * }</pre>
     *
     * @param log a log of this node, or the {@code log()} of aggregates
     * @param config the group's name and how it behaves
     * @param handler receives the batches, on a thread that it may block; one that comes again after a fall must do no harm
     * @param <E> the events' type
     * @return this node's part in it, which has begun; {@link ConsumerGroup} says what it promises
     * @throws IllegalArgumentException if this node consumes the log in that group already
     * @throws io.holdfast.core.OverloadedException if this node consumes in 500 groups
     * @throws io.holdfast.core.UnavailableException if this node leaves
     */
    public <E> ConsumerGroup<E> consume(EventLog<E> log, ConsumerConfig config, EventHandler<E> handler) {
        return running.events().consume(log, config, handler);
    }

    /**
     * Aggregates whose state is the sum of their events, in a log of their own that is spread as that of {@link #eventLog} and must be trimmed by {@link EventSourced#trim} before it is full. They end with the
     * node.
     *
     * <pre>{@code
     * Schema<Event> events = Schema.<Event>define()
     *     .current("deposited", 1, Deposited.class, node.codec().forType(Deposited.class))
     *     .current("withdrawn", 1, Withdrawn.class, node.codec().forType(Withdrawn.class))
     *     .build();
     * Schema<Account> states = Schema.of("account", Account.class, node.codec().forType(Account.class));
     * EventSourced<Account, Command, Event> accounts =
     *     node.eventSourced(AggregateConfig.of("accounts"), new AccountRules(), events, states, 8);
     * }</pre>
     *
     * @param config their name, 1 to 200 bytes of UTF-8, and how they behave; a log and other structures may have the same name
     * @param aggregate what they are
     * @param events the kinds of events, with what older builds have stored
     * @param states the kinds of states, for snapshots
     * @param partitions how many, 1 to 1,024; all nodes must say the same for ever
     * @param <S> the aggregates' state
     * @param <C> what they can be told to do
     * @param <E> what can happen to them
     * @return the aggregates
     * @throws IllegalArgumentException if this node has made aggregates of that name already
     * @throws IllegalStateException if consensus is not enabled on this node
     * @throws io.holdfast.core.UnavailableException if this node leaves, or another node has another number of groups
     */
    public <S, C, E> EventSourced<S, C, E> eventSourced(
            AggregateConfig config, Aggregate<S, C, E> aggregate, Schema<E> events, Schema<S> states, int partitions) {
        return running.events().aggregates(config, aggregate, events, states, partitions);
    }

    /**
     * How this node makes bytes of values: for the kinds of a {@link Schema}.
     *
     * @return the codec
     */
    public Codec codec() {
        return running.codec();
    }

    /**
     * As {@link #nearCache(ReplicatedMap, NearCacheOptions)}, of a quorum map. Such a map tells of no changes: a copy is answered for the staleness bound at most, counted from before it was read, and read anew in the
     * background before that while it is asked for. The bound holds if the map's {@code R + W > N} and its writes and reads need no stand-ins. In a partition that keeps this node from R replicas, copies are answered
     * until the bound, then reads fail as those of the map do.
     *
     * @param map the map
     * @param options the staleness bound and more
     * @param <K> the keys' type, with {@code equals} and {@code hashCode}
     * @param <V> the values' type
     * @return the cache
     * @throws IllegalArgumentException if this node has a near cache of a map of that name already
     * @throws io.holdfast.core.UnavailableException if this node leaves
     */
    public <K, V> NearCache<K, V> nearCache(LatestMap<K, V> map, NearCacheOptions options) {
        return running.nearCache(map, options);
    }

    /**
     * A lock across nodes; short for {@code consensus().lock(name)}.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @return the lock
     * @throws IllegalStateException if consensus is not enabled on this node
     */
    public DistributedLock lock(String name) {
        return running.consensus().lock(name);
    }

    /**
     * A counter of 64 bits; short for {@code consensus().counter(name)}.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @return the counter
     * @throws IllegalStateException if consensus is not enabled on this node
     */
    public AtomicCounter counter(String name) {
        return running.consensus().counter(name);
    }

    /**
     * A queue of work; short for {@code consensus().queue(name, items, WorkQueueOptions.standard())}.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @param items the items' type
     * @param <T> the items' type
     * @return the queue
     * @throws IllegalStateException if consensus is not enabled on this node
     * @throws io.holdfast.core.InvalidContractException if the type cannot be encoded
     */
    public <T> WorkQueue<T> queue(String name, Class<T> items) {
        return running.consensus().queue(name, items, WorkQueueOptions.standard());
    }

    /**
     * The resilience policies, for use around any code and for changes while the node runs.
     *
     * @return the policies
     */
    public Policies policies() {
        return running.policies();
    }

    /**
     * How hard this node is pressed by its callers, for handlers to do less before calls must be refused.
     *
     * @return the level, and a way to be told of changes
     */
    public BrownOut brownOut() {
        return running.brownOut();
    }

    /**
     * How this node's calls find their instance: outliers, splits by version, mirrors, canaries; for changes while the node runs.
     *
     * @return the traffic policies
     */
    public TrafficPolicies traffic() {
        return running.traffic();
    }

    /**
     * What goes wrong on this node on purpose; nothing, unless {@code holdfast.chaos.enabled}.
     *
     * @return the experiments
     */
    public Chaos chaos() {
        return running.chaos();
    }

    /**
     * What is wanted of the services that this node calls, and how they do.
     *
     * @return the objectives of {@code holdfast.slo}
     */
    public SloBook slos() {
        return running.slos();
    }

    /**
     * Metrics, traces, health and decisions of this node.
     *
     * @return the telemetry
     */
    public Telemetry telemetry() {
        return running.telemetry();
    }

    /**
     * What the node was configured from; bind the application's own records from it.
     *
     * @return the sources
     */
    public Configuration configuration() {
        return running.configuration();
    }

    /**
     * Whether the node has joined, can use the group of consensus if it takes part, and does not drain.
     *
     * @return what {@code /health/ready} says
     */
    public boolean ready() {
        return running.ready();
    }

    /**
     * Waits until the node is {@link #ready}.
     *
     * @param limit how long to wait
     * @return this
     * @throws io.holdfast.core.UnavailableException if it is not in time; the message says what is missing
     */
    public HoldfastNode awaitReady(Duration limit) {
        running.awaitReady(limit);
        return this;
    }

    /** Waits until the node was closed: by {@link #close()} or, if {@link Holdfast#run} has started it, by SIGTERM. */
    public void awaitShutdown() {
        running.awaitShutdown();
    }

    @Override
    public void close() {
        running.close();
    }

    /** Ends without a goodbye, as a killed process does: connections break, and others must find out. For tests of what happens then. */
    public void abandon() {
        running.abandon();
    }
}
