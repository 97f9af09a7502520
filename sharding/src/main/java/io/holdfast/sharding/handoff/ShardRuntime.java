package io.holdfast.sharding.handoff;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.loop.EventLoop;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Inbound;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.core.transport.Transport;
import io.holdfast.sharding.ShardDirectory;
import io.holdfast.sharding.ShardTenant;
import io.holdfast.sharding.ShardingConfig;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
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
            Check.between("number of data tables", data.size(), 1, 1000);
            data = List.copyOf(data);
        }
    }

    private final String space;
    private final Host self;
    private final Surroundings surroundings;
    private final Tenures tenures;
    private final Duties duties;
    private final ShardMeters meters;
    private final Roster roster;
    private final ShardNote note;
    private final TenureWaiters waiters;
    private final MapListeners listeners;
    private final Operations operations;
    private final List<Registration> registrations = new ArrayList<>();
    private final CompletableFuture<Integer> left = new CompletableFuture<>();
    private boolean offered; // guarded by this
    private boolean leaving; // guarded by this
    private volatile boolean informed;
    private volatile ShardMap map;
    /** Missing for as long as the constructor runs: what its thread asks for first may be answered before. */
    private volatile @Nullable EventLoop<ShardRequest, ShardMessage, ShardTimer, ShardEvent> loop;

    private ShardRuntime(String space, ShardingConfig config, Surroundings surroundings, List<ShardTenant> tenants) {
        Environment environment = surroundings.environment();
        this.space = space;
        this.surroundings = surroundings;
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
        note = new ShardNote(space, run, config.weight(), Set.copyOf(config.labels()), false);
        roster = new Roster(surroundings.membership(), surroundings.bulletin(), note, this::ask);
        waiters = new TenureWaiters(environment, this::answer);
        listeners = new MapListeners(environment.threads(), self.node().value(), map);
        operations = new Operations(environment.scheduler(), this::ask);
        loop = EventLoop.of("holdfast-shards-" + self.node(), new ShardNode(space, self, config, rules), environment)
                .sender(this::send)
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
     */
    public static ShardRuntime observe(
            String space, ShardingConfig config, Surroundings surroundings, List<ShardTenant> tenants) {
        ShardRuntime started = new ShardRuntime(Check.label("shard space", space), config, surroundings, tenants);
        started.connect();
        return started;
    }

    /** From now on this node takes shards, unless it leaves. Offering again does no harm. */
    public synchronized void offer() {
        if (!offered && !leaving) {
            offered = true;
            roster.tell(note);
        }
    }

    /**
     * Whether this node has read the map: before that it knows what others have told it, or nothing.
     *
     * @return true once it has, be it that there is none
     */
    public boolean isInformed() {
        return informed;
    }

    private String route() {
        return "shards." + space;
    }

    private void connect() {
        registrations.add(surroundings.transport().receive(route(), this::receive));
        roster.tell(note.asLeaving()); // who leads is to be found by others, whether it takes shards or not
        registrations.add(surroundings.membership().listen(event -> roster.look()));
        registrations.add(surroundings.bulletin().watch(ShardNote.TOPIC, event -> roster.look()));
        registrations.add(surroundings.leadership().listen(term -> ask(new ShardRequest.LeaderSeen(term.leader()))));
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
            log.warn("space {}: {} is dropped: {}", space, request, e.getMessage());
        }
    }

    private void deliver(Address from, ShardMessage message) {
        EventLoop<ShardRequest, ShardMessage, ShardTimer, ShardEvent> running = loop;
        if (running != null) {
            running.deliver(from, message);
        }
    }

    private void send(Address to, ShardMessage message) {
        if (to.equals(surroundings.transport().address())) {
            deliver(to, message);
            return;
        }
        // a map is larger than what is urgent
        Lane lane = message instanceof ShardMessage.News ? Lane.CALL : Lane.CONTROL;
        surroundings
                .transport()
                .send(to, new Message(route(), CallContext.EMPTY, ShardMessageCodec.encode(message), lane))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        log.debug("a message to {} is not sent: {}", to, failure.toString());
                    }
                });
    }

    /** A host speaks for itself only: with mutual TLS its name is proven. */
    private void receive(Inbound inbound) {
        try {
            ShardMessage message = ShardMessageCodec.decode(inbound.payload());
            NodeId sender = inbound.peer().node();
            boolean spoofed = (message instanceof ShardMessage.Released released
                            && !released.by().node().equals(sender))
                    || (message instanceof ShardMessage.Ready ready
                            && !ready.target().node().equals(sender));
            if (!spoofed) {
                deliver(inbound.peer().address(), message);
            }
        } catch (ProtocolException e) {
            log.debug("message of {} is dropped: {}", inbound.peer(), e.getMessage());
        }
    }

    /** On the loop's thread. */
    private void publish(ShardEvent event) {
        if (event instanceof ShardEvent.MapChanged changed) {
            meters.onMap(changed.map(), self);
            map = changed.map();
        }
        duties.carryOut(event);
        if (event instanceof ShardEvent.Serve serve) {
            meters.onServe(serve);
            waiters.check();
        } else if (event instanceof ShardEvent.Leased) {
            informed = true;
            meter(true);
        }
    }

    private void onTold(ShardEvent event) {
        if (event instanceof ShardEvent.MapChanged changed) {
            roster.onMap(changed.map());
            listeners.tell(changed.map());
            waiters.check();
        } else if (event instanceof ShardEvent.RulesChanged changed) {
            operations.onChanged(changed);
        } else if (event instanceof ShardEvent.Leaving) {
            roster.tell(note.asLeaving());
        } else if (event instanceof ShardEvent.Left gone) {
            left.complete(gone.owned());
        } else if (event instanceof ShardEvent.Moved moved) {
            meters.moved(moved.reason(), moved.done());
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
        synchronized (this) {
            leaving = true;
        }
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
