package io.holdfast.sharding.entity;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.Retry;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Environment;
import io.holdfast.core.transport.Transport;
import io.holdfast.sharding.ShardDirectory;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Calls entities from this node, wherever they live, and takes calls from other nodes for those that live here. A call goes straight to the owner by this node's map; if that is outdated it is sent on once,
 * and the answer brings the newer map. What fails surely undone, or may have been done, is tried again under the same number until the deadline. Safe for use by many threads.
 */
public final class EntityRouter implements EntityCalls, AutoCloseable {
    private static final int MAX_INTRODUCTIONS = 10_000;
    private static final byte[] NOTHING = {};

    private final Environment environment;
    private final EntityHost host;
    private final EntityLimits limits;
    private final ShardDirectory directory;
    private final EntityReceiver receiver;
    private final CallBound bound;
    private final long session;
    private final OpenCalls open = new OpenCalls();
    private final Map<EntityId, Long> introductions = new ConcurrentHashMap<>();
    private final RandomGenerator random; // guarded by itself

    /**
     * Begins to route, and to serve the route of calls.
     *
     * @param environment clocks, timers and chance
     * @param host the entities of this node
     * @param directory who owns what
     * @param transport the wire
     * @param addresses where a node listens, by membership; empty if it is not known
     * @param meters where the metrics go
     * @throws IllegalArgumentException if the transport serves the route already
     */
    public EntityRouter(
            Environment environment,
            EntityHost host,
            ShardDirectory directory,
            Transport transport,
            Function<NodeId, Optional<Address>> addresses,
            MeterRegistry meters) {
        this.environment = environment;
        this.host = host;
        this.limits = host.limits();
        this.directory = directory;
        this.receiver = new EntityReceiver(
                host,
                directory,
                transport,
                addresses,
                environment.clock(),
                new RedirectCounters(meters, directory.map().space()));
        this.bound = new CallBound(limits);
        this.session = environment.random().split("entity-session").nextLong();
        this.random = environment.random().split("entity-backoff");
    }

    @Override
    public CompletionStage<byte[]> call(String type, String key, long method, byte[] arguments, CallContext context) {
        EntityId entity = new EntityId(type, key);
        Check.that(
                arguments.length <= EntityWire.MAX_ARGUMENTS,
                "arguments (%d bytes) of a call of %s must have at most %d; give them in parts",
                arguments.length,
                entity,
                EntityWire.MAX_ARGUMENTS);
        if (!bound.enter(arguments.length)) {
            return CompletableFuture.failedFuture(Refusals.tooMany(limits));
        }
        long start = nanoTime();
        Deadline deadline = context.deadline().isNone() ? Deadline.after(start, limits.timeout()) : context.deadline();
        RoutedCall call = new RoutedCall(this, entity, method, arguments, context.withDeadline(deadline));
        call.result().whenComplete((answer, error) -> {
            open.close(call);
            bound.leave(arguments.length);
            host.meters().called(type, outcome(error), nanoTime() - start);
        });
        open.open(call, mustNotWait(entity, context));
        return call.result();
    }

    /** What one of the same entity has caused, or what runs in a shard that goes: who has it in line waits for it. */
    private boolean mustNotWait(EntityId entity, CallContext context) {
        return CallPath.mayLeadThrough(context, entity)
                || CallPath.isCaused(context)
                        && host.isAwaited(
                                directory.map().shardOf(entity.routed()),
                                new EntityCall(entity, 0, NOTHING, RoutedCall.NONE, 0, 0, 1, context));
    }

    private static EntityMeters.Outcome outcome(@Nullable Throwable error) {
        if (error == null) {
            return EntityMeters.Outcome.DONE;
        }
        if (error instanceof OverloadedException) {
            return EntityMeters.Outcome.OVERLOADED;
        }
        if (error instanceof UnavailableException) {
            return EntityMeters.Outcome.UNAVAILABLE;
        }
        boolean unknown = !(error instanceof EntityFailedException)
                && error instanceof HoldfastException known
                && known.retry() == Retry.IF_IDEMPOTENT;
        return unknown ? EntityMeters.Outcome.UNKNOWN : EntityMeters.Outcome.FAILED;
    }

    long session() {
        return session;
    }

    long introduced(EntityId entity) {
        return introductions.isEmpty() ? 0 : introductions.getOrDefault(entity, 0L);
    }

    /** Remembered for the calls to come. At the bound all are forgotten: that costs each a trip. */
    void introduce(EntityId entity, long dropped) {
        if (introductions.size() >= MAX_INTRODUCTIONS) {
            introductions.clear();
        }
        introductions.put(entity, dropped);
    }

    long firstOpen(EntityId entity) {
        return open.first(entity);
    }

    long nanoTime() {
        return environment.clock().nanoTime();
    }

    Environment environment() {
        return environment;
    }

    EntityLimits limits() {
        return limits;
    }

    ShardDirectory directory() {
        return directory;
    }

    EntityHost host() {
        return host;
    }

    EntityReceiver receiver() {
        return receiver;
    }

    /** 0.5 to 1 of a time, so that those who were refused together do not come back together. */
    long jittered(long nanos) {
        synchronized (random) {
            return nanos / 2 + random.nextLong(nanos / 2 + 1);
        }
    }

    /** Serves the route no more. Calls under way go on. */
    @Override
    public void close() {
        receiver.close();
    }
}
