package io.holdfast.sharding.handoff;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.loop.EventLoop;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.sharding.ShardDirectory;
import io.holdfast.sharding.ShardTenant;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import io.holdfast.sharding.map.ShardTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard space on this node: {@link ShardNode} on one thread, over the transport's route {@code shards.<space>}, with what it asks of the tables and of the tenants done. Safe for use by many threads.
 *
 * <p>{@link #leave} first, then {@link #close}. It closes none of its surroundings.
 */
public final class ShardRuntime implements ShardDirectory, ShardControl, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ShardRuntime.class);

    /**
     * What a node brings to its shards.
     *
     * @param membership who is there
     * @param bulletin where nodes tell their run, weight and labels, on the topic {@code shards}
     * @param transport the wire
     * @param leadership of the group of {@code meta}: who leads it coordinates
     * @param meta where the map is
     * @param data where the shards' fences and states are: shard {@code n} in table {@code n % size}. The same list on all nodes, for ever
     * @param environment time, chance and threads
     * @param telemetry where metrics and decisions go
     */
    public record Surroundings(
            Membership membership,
            Bulletin bulletin,
            Transport transport,
            Leadership leadership,
            ReplicatedTable meta,
            List<ReplicatedTable> data,
            Environment environment,
            Telemetry telemetry) {
        /**
         * Copies the list.
         *
         * @param membership as the component
         * @param bulletin as the component
         * @param transport as the component
         * @param leadership as the component
         * @param meta as the component
         * @param data as the component
         * @param environment as the component
         * @param telemetry as the component
         * @throws IllegalArgumentException if there is no table for data
         */
        public Surroundings {
            Check.between("number of data tables", data.size(), 1, ShardTerms.MAX_GROUPS);
            data = List.copyOf(data);
        }
    }

    private static final Duration ROOM = Duration.ofMillis(20);

    private final String space;
    private final Host self;
    private final Fit fit;
    private final Surroundings surroundings;
    private final ShardWire wire;
    private final Tenures tenures;
    private final Duties duties;
    private final ShardMeters meters;
    private final Roster roster;
    private final Offer offer;
    private final TenureWaiters waiters;
    private final MapListeners listeners;
    private final Operations operations;
    private final List<Registration> registrations = new ArrayList<>();
    private final CompletableFuture<Integer> left = new CompletableFuture<>();
    private volatile boolean informed;
    private long stuckAt = -1; // of the loop's thread
    private volatile ShardMap map;
    /** Missing for as long as the constructor runs: what its thread asks for first may be answered before. */
    private volatile @Nullable EventLoop<ShardRequest, ShardMessage, ShardTimer, ShardEvent> loop;

    private ShardRuntime(String space, ShardingConfig config, Surroundings surroundings, List<ShardTenant> tenants) {
        Environment environment = surroundings.environment();
        this.space = space;
        this.surroundings = surroundings;
        fit = new Fit(
                space,
                config.shards(),
                new ShardTerms(config.lease(), surroundings.data().size()));
        wire = new ShardWire(space, surroundings.transport(), this::deliver);
        long run = environment.random().split("shards-" + space).nextLong();
        self = new Host(surroundings.membership().self().id(), run);
        map = ShardMap.empty(space, config.shards());
        HandoffRules rules = new HandoffRules();
        Lease lease = new Lease(environment.clock(), rules);
        ShardTables tables = new ShardTables(
                space,
                self,
                surroundings.meta(),
                surroundings.data(),
                environment.clock(),
                config.lease(),
                this::ask,
                () -> meter(false));
        tenures = new Tenures(tables, lease, rules, tenants, this::ask);
        duties = new Duties(tables, tenures, lease, this::onTold);
        meters = new ShardMeters(surroundings.telemetry().meters(), space, environment.clock(), tenures::count);
        ShardNote note = new ShardNote(space, run, config.weight(), Set.copyOf(config.labels()), false);
        roster = new Roster(surroundings.membership(), surroundings.bulletin(), note, this::ask);
        offer = new Offer(roster, note, environment.scheduler());
        waiters = new TenureWaiters(environment, this::answer);
        listeners = new MapListeners(environment.threads(), self.node().value(), map);
        operations = new Operations(environment.scheduler(), this::ask);
        ShardNode protocol = new ShardNode(space, self, config, fit.own().groups(), rules);
        loop = EventLoop.of("holdfast-shards-" + self.node(), protocol, environment)
                .sender(wire::send)
                .publisher(this::publish)
                .start();
    }

    /**
     * Starts a shard space on this node.
     *
     * @param space its name, a DNS label; one space a node
     * @param config the numbers
     * @param surroundings what the node brings; this node must have joined its cluster
     * @param tenants who is told when this node may act in a shard
     * @return the space; this node owns shards as soon as a coordinator gives it some
     * @throws IllegalArgumentException if the space is no label, or the transport takes its route already
     * @throws OverloadedException if the bulletin has no room for the topic
     */
    public static ShardRuntime start(
            String space, ShardingConfig config, Surroundings surroundings, List<ShardTenant> tenants) {
        ShardRuntime started = observe(space, config, surroundings, tenants);
        started.offer();
        return started;
    }

    /**
     * Starts a shard space on this node, which knows who owns what and owns nothing until it {@link #offer offers} to.
     *
     * @param space as for {@link #start}
     * @param config as for {@link #start}
     * @param surroundings as for {@link #start}
     * @param tenants as for {@link #start}
     * @return the space
     * @throws IllegalArgumentException as {@link #start}
     * @throws OverloadedException as {@link #start}
     */
    public static ShardRuntime observe(
            String space, ShardingConfig config, Surroundings surroundings, List<ShardTenant> tenants) {
        ShardRuntime started = new ShardRuntime(Check.label("shard space", space), config, surroundings, tenants);
        try {
            started.connect();
            return started;
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    /** From now on this node takes shards, unless it leaves, or {@link #misfit does not fit}. Offering again does no harm. */
    public void offer() {
        offer.willing();
    }

    private void offerIfFit() {
        if (informed && misfit().isEmpty()) {
            offer.fits();
        }
    }

    /**
     * Whether this node has read the map: before that it knows what others have told it, or nothing.
     *
     * @return true once it has
     */
    public boolean isInformed() {
        return informed;
    }

    /**
     * Why this node owns nothing whatever it offers: it was started with other numbers than its space was founded with. It finds the owners of all keys all the same.
     *
     * @return the setting, its value, the one that it must have; empty if all is well or there is no map yet
     */
    public Optional<String> misfit() {
        return fit.misfit(map);
    }

    /**
     * Why nobody places shards: whoever leads the group of the map does, if it has a part in shards.
     *
     * @return the reason and the remedy; empty if somebody does
     */
    public Optional<String> uncoordinated() {
        Optional<NodeId> leader = surroundings.leadership().current().leader();
        if (leader.isEmpty()) {
            return Optional.of("no leader of the group of the shard map is known");
        }
        return leader.filter(node -> roster.members().stream()
                        .noneMatch(each -> each.member().host().node().equals(node)))
                .map(node -> "node " + node + " leads the group of the shard map and has no part in shards: set"
                        + " holdfast.sharding.enabled on every node");
    }

    private void connect() {
        registrations.add(wire.open());
        offer.begin();
        registrations.add(surroundings.membership().listen(event -> roster.look()));
        registrations.add(surroundings.bulletin().watch(ShardNote.TOPIC, event -> roster.look()));
        registrations.add(surroundings.leadership().listen(term -> ask(leader())));
    }

    private ShardRequest leader() {
        return new ShardRequest.LeaderSeen(surroundings.leadership().current().leader());
    }

    private void meter(boolean renewed) {
        meters.leased(renewed);
    }

    private void ask(ShardRequest request) {
        EventLoop<ShardRequest, ShardMessage, ShardTimer, ShardEvent> running = loop;
        try {
            if (running != null) {
                running.request(request);
            }
        } catch (OverloadedException e) {
            if (request instanceof ShardRequest.NewerExists || request instanceof ShardRequest.MapLearned) {
                log.debug("space {}: {} is dropped: {}", space, request, e.getMessage()); // each call says so again
                return;
            }
            log.warn("space {}: {} waits: {}", space, request, e.getMessage());
            surroundings.environment().scheduler().schedule(ROOM, () -> again(request));
        }
    }

    /** The protocol waits for what it asked for; what has changed meanwhile it gets as it is now. */
    private void again(ShardRequest request) {
        if (request instanceof ShardRequest.MembersSeen) {
            roster.look();
        } else if (request instanceof ShardRequest.LeaderSeen) {
            ask(leader());
        } else {
            ask(request);
        }
    }

    private void deliver(Address from, ShardMessage message) {
        EventLoop<ShardRequest, ShardMessage, ShardTimer, ShardEvent> running = loop;
        if (running != null) {
            running.deliver(from, message);
        }
    }

    /** On the loop's thread. */
    private void publish(ShardEvent event) {
        if (event instanceof ShardEvent.MapChanged changed) {
            meters.onMap(changed.map(), self);
            if (map.revision() == 0) {
                fit.compareLease(changed.map());
            }
            map = changed.map();
        }
        duties.carryOut(event);
        if (event instanceof ShardEvent.Serve serve) {
            meters.onServe(serve);
            waiters.check(serve.shard());
        } else if (event instanceof ShardEvent.Leased) {
            informed = true;
            offerIfFit();
            meter(true);
        }
    }

    /** Once for each map: it is tried at each turn. */
    private void complain(ShardEvent.Stuck stuck) {
        if (stuckAt != map.revision()) {
            stuckAt = map.revision();
            log.error("space {}: this node cannot place shards by map {}", space, stuckAt, stuck.failure());
        }
    }

    private void onTold(ShardEvent event) {
        if (event instanceof ShardEvent.MapChanged changed) {
            roster.onMap(changed.map());
            listeners.tell(changed.map());
            waiters.checkAll();
            offerIfFit();
        } else if (event instanceof ShardEvent.RulesChanged changed) {
            operations.onChanged(changed);
        } else if (event instanceof ShardEvent.Leaving) {
            offer.leaving();
        } else if (event instanceof ShardEvent.Able changed) {
            log.warn(
                    "space {}: this node {} the group of the shard map{}",
                    space,
                    changed.able() ? "reaches" : "does not reach",
                    changed.able() ? " again" : "; others take them over until it does");
            offer.able(changed.able());
        } else if (event instanceof ShardEvent.Left gone) {
            left.complete(gone.owned());
        } else if (event instanceof ShardEvent.Moved moved) {
            meters.moved(moved.reason(), moved.done());
        } else if (event instanceof ShardEvent.WentBack back) {
            log.error(
                    "space {}: the map in the table went back from revision {} to {}, as none ever may: this node does not renew its lease by it; restart the nodes that know the later one",
                    space,
                    back.known(),
                    back.found());
        } else if (event instanceof ShardEvent.Stuck stuck) {
            complain(stuck);
        } else if (event instanceof ShardEvent.Decided decided) {
            surroundings.telemetry().recorder().record("shards", decided.subject(), decided.text());
            if (decided.subject().equals(space)) {
                log.info("space {}: {}", space, decided.text());
            } else {
                log.debug("space {}: {}: {}", space, decided.subject(), decided.text());
            }
        }
    }

    @Override
    public NodeId self() {
        return self.node();
    }

    @Override
    public ShardMap map() {
        return map;
    }

    @Override
    public void learn(ShardMap seen) {
        if (seen.revision() > map.revision()) {
            ask(new ShardRequest.MapLearned(seen));
        }
    }

    @Override
    public Optional<Tenure> tenure(int shard) {
        return tenures.at(shard);
    }

    @Override
    public CompletionStage<Optional<Tenure>> await(int shard, long revision, Deadline deadline) {
        if (revision > map.revision()) {
            ask(new ShardRequest.NewerExists(revision));
        }
        return waiters.await(shard, revision, deadline);
    }

    private Optional<Optional<Tenure>> answer(TenureWaiters.Waiter waiter) {
        ShardMap known = map;
        if (known.revision() < waiter.revision()) {
            return Optional.empty();
        }
        if (waiter.shard() >= known.shards().size()) {
            return Optional.of(Optional.empty());
        }
        Ownership own = known.at(waiter.shard());
        if (own.owner().filter(self::equals).isEmpty()) {
            return Optional.of(Optional.empty());
        }
        return tenures.at(waiter.shard())
                .filter(tenure -> tenure.epoch().equals(own.epoch()))
                .map(Optional::of);
    }

    @Override
    public List<ShardMember> members() {
        return roster.members().stream().map(Neighbour::member).toList();
    }

    /**
     * Listens. The listener first gets the present map, then each change in order, on one thread; it must not block.
     *
     * @param listener the listener
     * @return ends the listening
     */
    public Registration onMap(Consumer<ShardMap> listener) {
        return listeners.listen(listener);
    }

    @Override
    public Operations operations() {
        return operations;
    }

    /**
     * Hands everything over. Afterwards this node gets no more shards; close it.
     *
     * @param limit how long it may take
     * @return completes with the number of shards that nobody took in time: they fail over when this node is gone
     */
    public CompletionStage<Integer> leave(Duration limit) {
        ask(new ShardRequest.Leave(Check.positive("limit", limit)));
        return left.minimalCompletionStage();
    }

    /** Stops at once: what is under way in shards is interrupted. Whoever takes them waits the lease out. */
    @Override
    public void close() {
        registrations.forEach(Registration::close);
        EventLoop<ShardRequest, ShardMessage, ShardTimer, ShardEvent> running = loop;
        if (running != null) {
            running.close();
        }
        tenures.close();
        waiters.close(self.node().value());
        operations.close();
        listeners.close();
        meters.close();
    }
}
