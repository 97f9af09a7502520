package io.holdfast.node;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Bulletin;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.env.Environment;
import io.holdfast.replication.aggregate.Aggregate;
import io.holdfast.replication.aggregate.AggregateConfig;
import io.holdfast.replication.aggregate.EventSourced;
import io.holdfast.replication.aggregate.Schema;
import io.holdfast.replication.event.BulletinCrews;
import io.holdfast.replication.event.ConsumerConfig;
import io.holdfast.replication.event.ConsumerGroup;
import io.holdfast.replication.event.EventHandler;
import io.holdfast.replication.event.EventLog;
import io.holdfast.sharding.map.KeyHash;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The event logs of a node, what consumes them, and its aggregates; what was begun ends with the node. Safe for use by many threads. */
public final class NodeEvents implements AutoCloseable {
    private static final int MAX_NAME_BYTES = 200;
    private static final int MAX_PARTITIONS = 1024;

    /** What it stands on; all of it outlives this. */
    record Ground(
            NodeId self,
            Supplier<ConsensusPart> consensus,
            Codec codec,
            Bulletin bulletin,
            Environment environment,
            MeterRegistry registry) {}

    private final Ground ground;
    private final BulletinCrews crews;
    private final List<ConsumerGroup<?>> groups = new ArrayList<>(); // guarded by this
    private final Set<String> made = new HashSet<>(); // guarded by this
    private final Closers aggregates = new Closers();
    private boolean closed; // guarded by this

    NodeEvents(Ground ground) {
        this.ground = ground;
        this.crews = new BulletinCrews(
                ground.bulletin(), ground.self(), ground.environment().scheduler());
    }

    /**
     * A log, in the journals {@code log/name/partition}.
     *
     * @param name its name
     * @param events the events' type
     * @param partitions how many
     * @param <E> the events' type
     * @return the log
     */
    public <E> EventLog<E> log(String name, Class<E> events, int partitions) {
        return EventLog.of(
                name,
                journals("log", name, partitions),
                ground.codec().forType(events),
                ground.environment(),
                ground.registry());
    }

    /** One group after the other, and each name begins with another, so that many small logs do not all lie in the first. */
    private List<ReplicatedJournal> journals(String kind, String name, int partitions) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        Check.that(
                bytes > 0 && bytes <= MAX_NAME_BYTES,
                "the name of a log (%s, %d bytes) must have 1 to %d bytes of UTF-8; choose another",
                name,
                bytes,
                MAX_NAME_BYTES);
        Check.between("partitions of log " + name, partitions, 1, MAX_PARTITIONS);
        ConsensusPart part = ground.consensus().get();
        int first = Math.floorMod(KeyHash.of(name), part.groups());
        return IntStream.range(0, partitions)
                .mapToObj(i -> part.consensus((first + i) % part.groups()).journal(kind + '/' + name + '/' + i))
                .toList();
    }

    /**
     * Consumes a log together with other nodes.
     *
     * @param log the log
     * @param config how
     * @param handler receives the events
     * @param <E> the events' type
     * @return this node's part in it
     */
    public synchronized <E> ConsumerGroup<E> consume(EventLog<E> log, ConsumerConfig config, EventHandler<E> handler) {
        if (closed) {
            throw new UnavailableException("log " + log.name() + " is not consumed: this node leaves");
        }
        groups.removeIf(ConsumerGroup::ended);
        ConsumerGroup<E> group = log.consume(config, crews.join(log.name(), config.group()), handler);
        groups.add(group);
        return group;
    }

    /**
     * Aggregates, in the journals {@code aggregate/name/partition}.
     *
     * @param config how they behave
     * @param aggregate what they are
     * @param events the kinds of events
     * @param states the kinds of states
     * @param partitions how many
     * @param <S> the aggregates' state
     * @param <C> what they can be told to do
     * @param <E> what can happen to them
     * @return the aggregates
     */
    public <S, C, E> EventSourced<S, C, E> aggregates(
            AggregateConfig config, Aggregate<S, C, E> aggregate, Schema<E> events, Schema<S> states, int partitions) {
        List<ReplicatedJournal> journals = journals("aggregate", config.name(), partitions);
        synchronized (this) {
            Check.that(
                    made.add(config.name()),
                    "aggregates %s are made on this node already; use those, for they end with the node",
                    config.name());
        }
        return aggregates.add(
                "aggregates " + config.name(),
                EventSourced.of(config, aggregate, events, states, journals, ground.environment(), ground.registry()));
    }

    /** Lets all partitions go while positions can still be committed: the next owners begin where this node has ended. */
    CompletionStage<Void> leave() {
        return CompletableFuture.allOf(stopping());
    }

    private synchronized CompletableFuture<?>[] stopping() {
        closed = true;
        return groups.stream().map(group -> group.stop().toCompletableFuture()).toArray(CompletableFuture<?>[]::new);
    }

    /** Ends all at once. */
    @Override
    public void close() {
        stopping();
        aggregates.closeAll();
    }
}
