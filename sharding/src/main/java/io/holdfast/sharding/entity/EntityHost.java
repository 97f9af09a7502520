package io.holdfast.sharding.entity;

import io.holdfast.core.Check;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.ProtocolException;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.sharding.ShardTenant;
import io.holdfast.sharding.Tenure;
import io.holdfast.sharding.hot.HotSpots;
import io.holdfast.sharding.map.ShardMap;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entities that live on this node: those of the shards that it owns. Calls come through an {@link EntityRouter}. Safe for use by many threads.
 */
public final class EntityHost implements ShardTenant, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EntityHost.class);

    private static final Duration TICK = Duration.ofMillis(200);
    private static final Duration HOT_WINDOW = Duration.ofMinutes(1);
    private static final int HOT_KEYS = 64;

    private final HostSide side;
    private final long session;
    private final CallBound bound;
    private final HotSpots hot;
    private final Map<String, EntityType> types = new ConcurrentHashMap<>();
    private final Map<Integer, HostedShard> shards = new ConcurrentHashMap<>();
    private @Nullable Registration tick; // guarded by this
    private boolean closed; // guarded by this

    /**
     * Makes a host that owns nothing yet.
     *
     * @param environment clocks, timers and threads
     * @param limits the bounds
     * @param meters where the metrics go
     */
    public EntityHost(Environment environment, EntityLimits limits, MeterRegistry meters) {
        this.side = new HostSide(environment, limits, new EntityMeters(meters));
        this.session = environment.random().split("entity-host").nextLong();
        this.bound = new CallBound(limits);
        this.hot = new HotSpots(ShardMap.MAX_SHARDS, HOT_WINDOW, HOT_KEYS, environment.clock());
        schedule();
    }

    /**
     * Registers a kind, so that its entities can live here. Register all kinds before the node takes shards, and the same kinds on all nodes that may.
     *
     * @param type the kind
     * @throws IllegalArgumentException if its name is no DNS label, or is registered already
     */
    public void register(EntityType type) {
        Check.label("kind of entity", type.name());
        Check.that(
                types.putIfAbsent(type.name(), type) == null,
                "kind of entity %s is registered already; give each kind a name of its own",
                type.name());
        side.meters().add(type.name());
    }

    /** Does a call if the shard is served here. */
    CompletionStage<Served> call(int shard, EntityCall call) {
        HostedShard hosted = shards.get(shard);
        if (hosted == null) {
            return CompletableFuture.completedFuture(Served.MOVED);
        }
        hot.record(shard, call.entity().routed());
        int bytes = call.arguments().length;
        if (!bound.enter(bytes)) {
            return CompletableFuture.failedFuture(Refusals.tooMany(side.limits()));
        }
        CallTurn turn;
        try {
            turn = new CallTurn(call);
        } catch (HoldfastException flaw) {
            bound.leave(bytes);
            return CompletableFuture.failedFuture(flaw);
        }
        turn.result().whenComplete((served, error) -> bound.leave(bytes));
        hosted.take(turn);
        return turn.result();
    }

    /** Whether a shard that goes has still to do a call, since one that runs there waits for it. */
    boolean isAwaited(int shard, EntityCall call) {
        HostedShard hosted = shards.get(shard);
        if (hosted == null || !hosted.isClosed() || !CallPath.isCaused(call.context())) {
            return false;
        }
        try {
            return hosted.isAwaited(new CallTurn(call));
        } catch (ProtocolException noPath) {
            return false; // whoever is to do it says so
        }
    }

    EntityMeters meters() {
        return side.meters();
    }

    EntityLimits limits() {
        return side.limits();
    }

    /** Nothing is read ahead: what is read before the fence stands may be outdated, and one read brings an entity to life. */
    @Override
    public CompletionStage<?> warm(int shard) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void serve(int shard, Tenure tenure) {
        HostedShard before = shards.put(shard, new HostedShard(tenure, side, types, session));
        if (before != null) {
            before.stop();
        }
    }

    @Override
    public CompletionStage<?> drain(int shard) {
        HostedShard hosted = shards.get(shard);
        return hosted == null
                ? CompletableFuture.completedFuture(null)
                : hosted.drain().thenRun(() -> shards.remove(shard, hosted));
    }

    @Override
    public void stop(int shard) {
        HostedShard hosted = shards.remove(shard);
        if (hosted != null) {
            hosted.stop();
        }
    }

    /**
     * How many entities are in memory.
     *
     * @return the number, resting ones among them
     */
    public int entities() {
        return shards.values().stream().mapToInt(HostedShard::entities).sum();
    }

    /**
     * Which entities and shards were called most of late, on this node.
     *
     * @return the counts; an entity is named {@code kind/key}
     */
    public HotSpots hot() {
        return hot;
    }

    private synchronized void schedule() {
        if (!closed) {
            tick = side.environment().scheduler().schedule(TICK, this::tick);
        }
    }

    private void tick() {
        try {
            side.stopLate();
            side.sweepSoon();
            for (HostedShard shard : List.copyOf(shards.values())) {
                if (!shard.isClosed()) {
                    shard.reminders().tick();
                }
            }
        } catch (RuntimeException e) {
            log.error("reminders and limits of entities were not looked at this time; they are next time", e);
        } finally {
            schedule();
        }
    }

    /** Stops all shards and ends the threads when what they run has ended. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (tick != null) {
                tick.close();
            }
        }
        List.copyOf(shards.keySet()).forEach(this::stop);
        side.close();
    }
}
