package io.holdfast.sharding.entity;

import io.holdfast.core.env.Environment;
import io.holdfast.sharding.caffeine.Resting;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the entities of a node share: threads, time, room. Safe for use by many threads. */
final class HostSide {
    private static final Logger log = LoggerFactory.getLogger(EntityHost.class);
    private static final int MIN_LEAVING = 8;
    private static final Duration LATER = Duration.ofMillis(200);

    private final Environment environment;
    private final EntityLimits limits;
    private final EntityMeters meters;
    private final ExecutorService handlers;
    private final Leavers leavers;
    private final ExecutorService sweeper;
    private final Resting<LiveEntity> resting;
    private final Set<Turn> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean sweeping = new AtomicBoolean();

    HostSide(Environment environment, EntityLimits limits, EntityMeters meters) {
        this.environment = environment;
        this.limits = limits;
        this.meters = meters;
        this.handlers = environment.threads().handlers("holdfast-entity", limits.running());
        int leaving = Math.max(MIN_LEAVING, limits.running() / 8);
        this.leavers =
                new Leavers(environment.threads().handlers("holdfast-entity-leave", 2 * leaving), leaving, this::later);
        this.sweeper = environment.threads().serial("holdfast-entity-sweep", 2);
        this.resting = new Resting<>(limits.memory(), environment.clock());
    }

    EntityLimits limits() {
        return limits;
    }

    EntityMeters meters() {
        return meters;
    }

    Resting<LiveEntity> resting() {
        return resting;
    }

    Environment environment() {
        return environment;
    }

    long nanoTime() {
        return environment.clock().nanoTime();
    }

    long wallMillis() {
        return environment.wallClock().now().toEpochMilli();
    }

    /** The turns that run users' code now. */
    Set<Turn> running() {
        return running;
    }

    /** Runs users' code; false if as much of it runs as may. */
    boolean execute(Runnable task) {
        try {
            handlers.execute(task);
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    /** Runs what ends an entity's life, which throws nothing; false if this host is closed. */
    boolean leave(Runnable task) {
        return leavers.add(task);
    }

    /** Runs a short task that does not block, in a while. */
    void later(Runnable task) {
        environment.scheduler().schedule(LATER, task);
    }

    /** Lets those leave that have to make room; on a thread that holds no lock of an entity, and not behind those that leave: calls at what is evicted wait for it. */
    void sweepSoon() {
        if (sweeping.compareAndSet(false, true)) {
            try {
                sweeper.execute(() -> {
                    sweeping.set(false);
                    resting.sweep(LiveEntity::evicted);
                });
            } catch (RejectedExecutionException closed) {
                sweeping.set(false); // nobody makes room any more
            }
        }
    }

    /** Interrupts what nobody waits for any more. */
    void stopLate() {
        long now = nanoTime();
        for (Turn turn : running) {
            if (turn.deadline().isExpired(now)) {
                turn.runner().stop();
            }
        }
    }

    void failed(EntityId id, Throwable failure) {
        log.debug("{} failed in a call", id, failure);
    }

    void close() {
        handlers.shutdown();
        leavers.close();
        sweeper.shutdown();
    }
}
