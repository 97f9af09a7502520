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
    private final CompletableFuture<Void> idle = new CompletableFuture<>(); // closed, and nothing is under way
    private final CompletableFuture<Void> vacated = new CompletableFuture<>(); // and every entity has left
    private volatile boolean closed;
    private volatile boolean stopped;

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
                idle.complete(null);
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
            if (closed && !isAwaited(turn)) {
                turn.result().complete(Served.MOVED);
                return;
            }
            taken = entities.computeIfAbsent(turn.entity(), id -> new LiveEntity(this, id, type))
                    .offer(turn);
        }
        LiveEntity overlooked = closed ? entities.get(turn.entity()) : null; // the shard was closed meanwhile
        if (overlooked != null && stopped) {
            overlooked.stop();
        } else if (overlooked != null && !isAwaited(turn)) {
            overlooked.turnAway();
        }
    }

    /** Whether a call that runs here has caused a turn: it waits for that one, so without it the shard would not be drained. */
    boolean isAwaited(Turn turn) {
        return !stopped
                && side.running().stream()
                        .anyMatch(cause ->
                                turn.isCausedBy(cause) && !cause.isOrphaned() && entities.containsKey(cause.entity()));
    }

    void forget(LiveEntity entity) {
        entities.remove(entity.id(), entity);
        leftOne();
    }

    private void leftOne() {
        if (idle.isDone() && entities.isEmpty()) {
            vacated.complete(null);
        }
    }

    /** Begins nothing new but what a call that runs here waits for; completes when nothing is under way and every entity has left, so that the next owner may bring it to life. */
    CompletableFuture<Void> drain() {
        closed = true;
        idle.thenRun(() -> {
            entities.values().forEach(LiveEntity::stop);
            leftOne();
        });
        entities.values().forEach(LiveEntity::turnAway);
        if (underWay.get() == 0) {
            idle.complete(null);
        }
        return vacated;
    }

    /** Interrupts what is under way and lets everything go. */
    void stop() {
        stopped = true;
        closed = true;
        entities.values().forEach(LiveEntity::stop);
    }
}
