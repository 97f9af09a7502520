package io.holdfast.sharding.entity;

import io.holdfast.core.UnavailableException;
import io.holdfast.sharding.Tenure;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The entities of one shard under one tenure. Safe for use by many threads. */
final class HostedShard {
    private final Tenure tenure;
    private final HostSide side;
    private final Map<String, EntityType> types;
    private final EntityStore store;
    private final ShardReminders reminders;
    private final Map<EntityId, LiveEntity> entities = new ConcurrentHashMap<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean closed;

    HostedShard(Tenure tenure, HostSide side, Map<String, EntityType> types, long session) {
        this.tenure = tenure;
        this.side = side;
        this.types = types;
        this.store = new EntityStore(
                tenure, side.environment().clock(), side.limits().commit());
        this.reminders = new ShardReminders(this, session ^ (tenure.shard() + 1L));
    }

    Tenure tenure() {
        return tenure;
    }

    HostSide side() {
        return side;
    }

    EntityStore store() {
        return store;
    }

    ShardReminders reminders() {
        return reminders;
    }

    boolean isClosed() {
        return closed;
    }

    int entities() {
        return entities.size();
    }

    /** Takes something to do; its result tells what came of it. */
    void take(Turn turn) {
        underWay.incrementAndGet();
        turn.result().whenComplete((served, error) -> {
            if (underWay.decrementAndGet() == 0 && closed) {
                drained.complete(null);
            }
        });
        offer(turn);
    }

    /** Hands a turn to its entity: to the one that is in memory, or to a new one. */
    void offer(Turn turn) {
        EntityType type = types.get(turn.entity().type());
        if (type == null) {
            turn.result()
                    .completeExceptionally(
                            new UnavailableException(
                                    "no kind " + turn.entity().type()
                                            + " of entities is registered on this node; register it on all nodes that may own shards"));
            return;
        }
        boolean taken = false;
        while (!taken) {
            if (closed) {
                turn.result().complete(Served.MOVED);
                return;
            }
            taken = entities.computeIfAbsent(turn.entity(), id -> new LiveEntity(this, id, type))
                    .offer(turn);
        }
        LiveEntity overlooked = closed ? entities.get(turn.entity()) : null; // the shard was closed meanwhile
        if (overlooked != null) {
            overlooked.turnAway();
        }
    }

    void forget(LiveEntity entity) {
        entities.remove(entity.id(), entity);
    }

    /** Begins nothing new; completes when nothing is under way, and lets everything go. */
    CompletableFuture<Void> drain() {
        closed = true;
        drained.thenRun(() -> entities.values().forEach(LiveEntity::stop));
        entities.values().forEach(LiveEntity::turnAway);
        if (underWay.get() == 0) {
            drained.complete(null);
        }
        return drained;
    }

    /** Interrupts what is under way and lets everything go. */
    void stop() {
        closed = true;
        entities.values().forEach(LiveEntity::stop);
    }
}
