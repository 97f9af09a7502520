package io.holdfast.replication.quorum;

import io.holdfast.core.Address;
import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.Leadership;
import io.holdfast.core.cluster.MemberState;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.loop.EventLoop;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import io.holdfast.replication.store.RowStore;
import io.holdfast.replication.store.StoreFailedException;
import io.holdfast.replication.version.RowKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The quorum maps of this node: {@link QuorumNode} on one thread, over the transport's route {@code quorum}. A node that keeps no rows reads and writes as well. Safe for use by many threads.
 *
 * <p>Closing it does not give rows away: a node that comes back has them. A node that goes for good says so by {@link #leave}, or is taken out by {@link #remove}.
 */
public final class QuorumSpace implements AutoCloseable {
    /** The most calls of this node that may be under way. */
    private static final int MAX_CALLS = 10_000;

    private static final Duration ROOM = Duration.ofMillis(20);
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(QuorumSpace.class);

    /**
     * What a node brings to its maps. None of it is closed with the space.
     *
     * @param membership who is there
     * @param transport the wire
     * @param leadership of the group of {@code table}: who leads it decides about the ring
     * @param table where the ring is; of its own
     * @param environment time, chance and threads
     * @param telemetry where metrics and decisions go
     */
    public record Surroundings(
            Membership membership,
            Transport transport,
            Leadership leadership,
            ReplicatedTable table,
            Environment environment,
            Telemetry telemetry) {}

    /**
     * What this node keeps rows in. Closed with the space.
     *
     * @param rows the rows
     * @param hints what is kept for others
     * @param cells where is noted which partitions are kept; not closed with the space
     */
    public record Stores(RowStore rows, RowStore hints, DurableCells cells) {}

    private record Call(boolean write, long beganNanos, long deadlineNanos, CompletableFuture<QuorumResult> result) {}

    private final QuorumConfig config;
    private final Surroundings surroundings;
    private final Stores stores;
    private final QuorumNode protocol;
    private final QuorumWire wire;
    private final QuorumMeters meters;
    private final RingKeeper keeper;
    private final Map<Long, Call> calls = new ConcurrentHashMap<>();
    private final AtomicLong nextCall = new AtomicLong();
    private final List<Registration> registrations = new ArrayList<>();
    private volatile boolean closed;
    private volatile @Nullable StoreFailedException failure;
    private volatile @Nullable Registration net;
    private volatile @Nullable EventLoop<QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> loop;

    private QuorumSpace(QuorumConfig config, Surroundings surroundings, Stores stores, boolean member) {
        this.config = config;
        this.surroundings = surroundings;
        this.stores = stores;
        Environment environment = surroundings.environment();
        NodeId self = surroundings.membership().self().id();
        protocol = new QuorumNode(
                self, config, QuorumRules.SOUND, stores.rows(), stores.hints(), stores.cells(), environment);
        meters = new QuorumMeters(
                surroundings.telemetry().meters(),
                stores.rows()::size,
                () -> protocol.status().hints(),
                () -> protocol.status().tombstones(),
                () -> protocol.status().missing());
        wire = new QuorumWire(surroundings.transport(), this::deliver, meters::sentOfTrees);
        loop = EventLoop.of("holdfast-quorum-" + self, protocol, environment)
                .cells(stores.cells())
                .sender(wire::send)
                .afterTurns(wire::flush)
                .publisher(this::publish)
                .start();
        stores.rows().onSynced(position -> ask(new QuorumRequest.Synced(position)));
        stores.rows().onFailed(this::failed);
        stores.hints().onFailed(this::failed);
        stores.hints().onSynced(position -> ask(new QuorumRequest.HintsSynced(position)));
        String zone = surroundings.membership().self().zone();
        RingMember own = new RingMember(self, zone, stores.rows().storeId());
        keeper = new RingKeeper(
                new RingTable(surroundings.table()),
                own,
                member,
                config.replicas(),
                surroundings,
                ring -> ask(new QuorumRequest.RingIs(ring)));
    }

    /**
     * Starts the maps of this node.
     *
     * @param config the numbers, alike on all nodes
     * @param surroundings what the node brings; this node must have joined its cluster
     * @param stores where rows are; closed with the space
     * @param member whether this node keeps rows
     * @return the space; its calls fail until a ring is known
     * @throws IllegalArgumentException if the transport takes the route {@code quorum} already
     */
    public static QuorumSpace start(QuorumConfig config, Surroundings surroundings, Stores stores, boolean member) {
        QuorumSpace space = new QuorumSpace(config, surroundings, stores, member);
        try {
            space.registrations.add(space.wire.open());
            space.catchOverdue();
            space.registrations.add(surroundings
                    .membership()
                    .listen(event -> space.ask(new QuorumRequest.Neighbour(
                            event.member().id(),
                            event.member().address(),
                            event.member().state() == MemberState.ALIVE
                                    || event.member().state() == MemberState.SUSPECT))));
            return space;
        } catch (RuntimeException | Error e) {
            space.close();
            throw e;
        }
    }

    /**
     * A map of which concurrent writes stand side by side.
     *
     * @param name its name, alike on all nodes
     * @param keys the codec of its keys: equal keys must have equal bytes
     * @param values the codec of its values
     * @param options how many replicas its calls need
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the map; making it costs nothing
     * @throws IllegalArgumentException if the options do not fit the number of replicas
     */
    public <K, V> QuorumMap<K, V> map(String name, TypeCodec<K> keys, TypeCodec<V> values, QuorumOptions options) {
        return new QuorumMap<>(new QuorumCalls<>(this, name, keys, values, options));
    }

    /**
     * A map of which the latest write stands.
     *
     * @param name its name, alike on all nodes
     * @param keys the codec of its keys: equal keys must have equal bytes
     * @param values the codec of its values
     * @param options how many replicas its calls need
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the map; making it costs nothing
     * @throws IllegalArgumentException if the options do not fit the number of replicas
     */
    public <K, V> LatestMap<K, V> latestMap(
            String name, TypeCodec<K> keys, TypeCodec<V> values, QuorumOptions options) {
        return new LatestMap<>(new QuorumCalls<>(this, name, keys, values, options));
    }

    QuorumConfig config() {
        return config;
    }

    Environment environment() {
        return surroundings.environment();
    }

    CompletionStage<QuorumResult> get(RowKey key, CallSpec spec, Deadline deadline) {
        long call = nextCall.incrementAndGet();
        return call(call, false, deadline, new QuorumRequest.Get(call, key, spec, deadline.nanos()));
    }

    CompletionStage<QuorumResult> change(RowKey key, RowChange change, CallSpec spec, Deadline deadline) {
        long call = nextCall.incrementAndGet();
        return call(call, true, deadline, new QuorumRequest.Change(call, key, change, spec, deadline.nanos()));
    }

    private CompletionStage<QuorumResult> call(long id, boolean write, Deadline deadline, QuorumRequest request) {
        CompletableFuture<QuorumResult> result = new CompletableFuture<>();
        if (calls.size() >= MAX_CALLS) {
            result.completeExceptionally(new OverloadedException(
                    MAX_CALLS + " calls of quorum maps are under way, the limit of this node; slow the caller down",
                    ROOM));
            return result;
        }
        calls.put(id, new Call(write, environment().clock().nanoTime(), deadline.nanos(), result));
        EventLoop<QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> running = loop;
        try {
            if (closed || running == null) {
                throw new UnavailableException("the quorum maps of this node are closed; nothing was done");
            }
            running.request(request);
        } catch (OverloadedException | UnavailableException e) {
            calls.remove(id);
            result.completeExceptionally(e);
        }
        return result;
    }

    private void failed(StoreFailedException reason) {
        failure = reason;
        log.error("the rows of this node are kept no more, its calls are done by other nodes: restart it", reason);
    }

    /**
     * Why this node keeps no rows though it should: its disk has failed.
     *
     * @return the reason and the remedy; empty if all is well
     */
    public Optional<String> failure() {
        return Optional.ofNullable(failure).map(Throwable::getMessage);
    }

    /** Whatever befell the protocol: a call ends. */
    private void catchOverdue() {
        long now = environment().clock().nanoTime();
        calls.forEach((id, call) -> {
            if (now - call.deadlineNanos() > GRACE.toNanos() && calls.remove(id, call)) {
                call.result()
                        .completeExceptionally(new UnknownOutcomeException(
                                "the call was not answered in time by this node itself; a write may have been done"));
            }
        });
        if (!closed) {
            net = environment().scheduler().schedule(GRACE, this::catchOverdue);
        }
    }

    /** What the protocol must hear waits for room in its mailbox. */
    private void ask(QuorumRequest request) {
        EventLoop<QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> running = loop;
        try {
            if (running != null) {
                running.request(request);
            }
        } catch (OverloadedException e) {
            environment().scheduler().schedule(ROOM, () -> ask(request));
        }
    }

    private void deliver(Address from, QuorumMessage message) {
        EventLoop<QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> running = loop;
        if (running != null) {
            running.deliver(from, message);
        }
    }

    /** On the loop's thread. */
    private void publish(QuorumEvent event) {
        if (event instanceof QuorumEvent.Ended ended) {
            Call call = calls.remove(ended.call());
            if (call != null) {
                long nanos = environment().clock().nanoTime() - call.beganNanos();
                meters.called(call.write(), ended.result(), nanos);
                call.result().complete(ended.result());
            }
        } else if (event instanceof QuorumEvent.Counted counted) {
            meters.count(counted);
        } else if (event instanceof QuorumEvent.RingWanted) {
            keeper.look();
        } else if (event instanceof QuorumEvent.Trouble trouble) {
            log.warn("a step that looks after rows has failed; it is tried again", trouble.cause());
        } else if (event instanceof QuorumEvent.Filled filled) {
            keeper.filled(filled.epoch());
        }
    }

    /**
     * Who keeps rows, as this node knows it.
     *
     * @return the ring; of epoch 0 before one is known
     */
    public Ring ring() {
        return protocol.status().ring();
    }

    /**
     * Whether this node has its place: it knows the ring, and has taken the rows that it must keep.
     *
     * @return false while it waits for either
     */
    public boolean isReady() {
        QuorumNode.Status status = protocol.status();
        return status.ring().epoch() > 0 && status.missing() == 0 && failure == null;
    }

    /**
     * Gives the rows of this node to the others, for good. Calls go on meanwhile.
     *
     * @return completes when the wish is committed; the rows have gone when {@link #ring} is stable without this node
     */
    public CompletionStage<?> leave() {
        return keeper.withdraw();
    }

    /**
     * Takes a node out that runs no more; the others fill its place from those that are left. Only what surely does not run may be taken out: a node that does, cut off from the others, might go on to answer by the old ring. A
     * node that comes back under that name joins again if it keeps rows.
     *
     * @param node the node
     * @return completes when it is committed
     */
    public CompletionStage<?> remove(NodeId node) {
        return keeper.remove(node);
    }

    /** Ends this node's part at once; what was asked and not answered ends with an unknown outcome. Rows stay. */
    @Override
    public void close() {
        closed = true;
        Registration planned = net;
        if (planned != null) {
            planned.close();
        }
        registrations.forEach(Registration::close);
        keeper.close();
        EventLoop<QuorumRequest, QuorumMessage, QuorumTimer, QuorumEvent> running = loop;
        if (running != null) {
            running.close();
        }
        List.copyOf(calls.values())
                .forEach(call -> call.result()
                        .completeExceptionally(new UnknownOutcomeException(
                                "the node closed before the call was answered; a write may have been done")));
        calls.clear();
        stores.rows().close();
        stores.hints().close();
        meters.close();
    }
}
