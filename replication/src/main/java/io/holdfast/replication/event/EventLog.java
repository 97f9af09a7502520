package io.holdfast.replication.event;

import io.holdfast.core.Check;
import io.holdfast.core.CodecException;
import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.cluster.ReplicatedJournal.Appended;
import io.holdfast.core.cluster.ReplicatedJournal.Condition;
import io.holdfast.core.cluster.ReplicatedJournal.Entry;
import io.holdfast.core.cluster.ReplicatedJournal.Page;
import io.holdfast.core.cluster.ReplicatedJournal.Recorded;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.consistency.Linearizable;
import io.holdfast.core.env.Environment;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events in one order within each of several partitions, each partition a {@link ReplicatedJournal} of its own, perhaps in a group of its own. Events of one key lie in one partition, in the order in
 * which they were appended. Linearizable by partition; between partitions there is no order.
 *
 * <pre>{@code
 * EventLog<Played> plays = EventLog.of("plays", journals, codec.forType(Played.class), environment, registry);
 * plays.append("user-7", new Played("solaris"), deadline);
 * ConsumerGroup<Played> billing = plays.consume(ConsumerConfig.of("billing"), crew, batch -> charge(batch.events()));
 * }</pre>
 *
 * <p>What is kept, and what happens at that bound, is set by {@link ReplicatedJournal#configure} of each partition. The number of partitions is for ever: with another one keys go elsewhere.
 *
 * <p>Changes fail with {@link io.holdfast.core.NotAppliedException}, {@link io.holdfast.core.OverloadedException} or {@link LogFullException} (surely not appended), or with
 * {@link io.holdfast.core.UnknownOutcomeException} (it may still be appended; read before trying again, or let consumers bear it twice). Reads fail with
 * {@link io.holdfast.core.UnavailableException}, and with {@link io.holdfast.core.CodecException} if an event cannot be decoded. Results are completed as those of the journals: what depends on them must
 * not block. Safe for use by many threads.
 *
 * @param <E> the events' type
 */
public final class EventLog<E> implements Linearizable {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private final String name;
    private final Partitions partitions;
    private final EventCoder<E> coder;
    private final Environment environment;
    private final MeterRegistry registry;
    private final AppendMeters meters;

    private EventLog(
            String name, Partitions partitions, EventCoder<E> coder, Environment environment, MeterRegistry registry) {
        this.name = name;
        this.partitions = partitions;
        this.coder = coder;
        this.environment = environment;
        this.registry = registry;
        this.meters = new AppendMeters(registry, name, environment.clock());
    }

    /**
     * A log over journals.
     *
     * @param name its name, for people
     * @param journals its partitions, 1 to 1,024, in the same order on all nodes; they stay the caller's
     * @param codec how events become bytes; at most 480 KiB each, less the key
     * @param environment clocks, timers and threads
     * @param registry where {@link EventMetric}s go
     * @param <E> the events' type
     * @return the log
     */
    public static <E> EventLog<E> of(
            String name,
            List<ReplicatedJournal> journals,
            TypeCodec<E> codec,
            Environment environment,
            MeterRegistry registry) {
        return new EventLog<>(name, new Partitions(name, journals), new EventCoder<>(codec), environment, registry);
    }

    /**
     * The log's name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * How many partitions it has.
     *
     * @return 1 and more; they are named from 0 on
     */
    public int partitions() {
        return partitions.count();
    }

    /**
     * Which partition a key belongs to.
     *
     * @param key the key, not empty
     * @return the partition
     */
    public int partitionOf(String key) {
        Check.that(!key.isEmpty(), "a key without text belongs to no partition; name it");
        return partitions.of(key);
    }

    /**
     * The journal of a partition: for its settings, its status and the positions of its consumers.
     *
     * @param partition the partition
     * @return the journal
     */
    public ReplicatedJournal journal(int partition) {
        return partitions.journal(partition);
    }

    /**
     * Clocks, timers and threads of this node.
     *
     * @return the environment; stays the node's
     */
    public Environment environment() {
        return environment;
    }

    MeterRegistry registry() {
        return registry;
    }

    /**
     * Appends an event.
     *
     * @param key what it belongs to; empty if it belongs to nothing, and then it goes to the partitions in turn
     * @param event the event
     * @param deadline until when the caller waits
     * @return where it is; fails as the class says
     */
    public CompletionStage<Placed> append(String key, @Nullable E event, Deadline deadline) {
        return append(key, new Entry(key, coder.encode(event)), deadline);
    }

    /**
     * Appends events of one key, one after the other: all of them, or none.
     *
     * @param key what they belong to; empty if they belong to nothing
     * @param events the events, 1 to 1,000, together at most 480 KiB with {@value JournalRules#RECORD_BYTES} bytes and the key for each
     * @param deadline until when the caller waits
     * @return where they are; fails as the class says
     */
    public CompletionStage<Placed> appendAll(String key, List<? extends E> events, Deadline deadline) {
        Check.that(!events.isEmpty(), "events of key %s (none) must be at least one", key);
        List<Entry> entries = events.stream()
                .map(event -> new Entry(key, coder.encode(event)))
                .toList();
        return append(partitions.of(key), entries, deadline);
    }

    /**
     * Says that a key is gone, with an event without content: in a log that compacts by key all of the key goes, at last this event too.
     *
     * @param key the key, not empty
     * @param deadline until when the caller waits
     * @return where the tombstone is; fails as the class says
     */
    public CompletionStage<Placed> erase(String key, Deadline deadline) {
        Check.that(!key.isEmpty(), "a key without text cannot be erased; name it");
        return append(key, new Entry(key, EventCoder.TOMBSTONE), deadline);
    }

    private CompletionStage<Placed> append(String key, Entry entry, Deadline deadline) {
        return append(partitions.of(key), List.of(entry), deadline);
    }

    private CompletionStage<Placed> append(int partition, List<Entry> entries, Deadline deadline) {
        long begin = meters.begin();
        return meters.measure(begin, partitions.journal(partition).append(entries, List.of(), deadline))
                .thenApply(appended -> {
                    if (!appended.applied()) {
                        throw new LogFullException(name, partition);
                    }
                    return new Placed(partition, appended.first(), appended.count(), appended.revision());
                });
    }

    /**
     * Appends events of one key if all conditions hold: all of them, or none.
     *
     * @param key what they belong to, not empty
     * @param events the events, 1 to 1,000, as {@link #appendAll}
     * @param conditions what must hold in the key's partition, at most 100
     * @param deadline until when the caller waits
     * @return what came of it, also if it was refused; fails as the class says, but never with {@link LogFullException}
     */
    public CompletionStage<Appended> appendIf(
            String key, List<? extends E> events, List<Condition> conditions, Deadline deadline) {
        Check.that(!events.isEmpty(), "events of key %s (none) must be at least one", key);
        List<Entry> entries = events.stream()
                .map(event -> new Entry(key, coder.encode(event)))
                .toList();
        long begin = meters.begin();
        return meters.measure(begin, partitions.journal(partitionOf(key)).append(entries, conditions, deadline));
    }

    /**
     * Reads the events of one key, newest first.
     *
     * @param key the key, not empty
     * @param before only those with a smaller offset; {@link Long#MAX_VALUE} begins with the newest
     * @param limit how many at most, 1 to 1,000; a batch has about 256 KiB at most, or one event
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return the events; {@code next} is the offset to read before, 0 if there is no older one; fails as the class says
     */
    public CompletionStage<EventBatch<E>> readKey(
            String key, long before, int limit, ReadConsistency consistency, Deadline deadline) {
        int partition = partitionOf(key);
        return partitions
                .journal(partition)
                .readKey(key, before, limit, JournalRules.MAX_PAGE_BYTES, consistency, deadline)
                .thenApply(page -> batch(partition, before, page, page.records().size()));
    }

    /**
     * Reads events.
     *
     * @param partition the partition
     * @param from the first offset of interest; one that is not kept any more, and 0, reads from the next one that is
     * @param limit how many at most, 1 to 1,000; a batch has about 256 KiB at most, or one event
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return the events, none at the end; fails as the class says
     */
    public CompletionStage<EventBatch<E>> read(
            int partition, long from, int limit, ReadConsistency consistency, Deadline deadline) {
        return page(partition, from, limit, consistency, deadline)
                .thenApply(page -> batch(partition, from, page, page.records().size()));
    }

    private CompletionStage<Page> page(
            int partition, long from, int limit, ReadConsistency consistency, Deadline deadline) {
        return partitions.journal(partition).read(from, limit, JournalRules.MAX_PAGE_BYTES, consistency, deadline);
    }

    private EventBatch<E> batch(int partition, long from, Page page, int count) {
        List<LoggedEvent<E>> events = new ArrayList<>(count);
        for (Recorded each : page.records().subList(0, count)) {
            events.add(coder.decode(partition, each));
        }
        long next = count == page.records().size()
                ? page.next()
                : page.records().get(count).offset();
        return new EventBatch<>(partition, from, events, next, page.oldest(), page.end());
    }

    /** As {@link #read}, but only up to the first event that cannot be decoded; fails if that is the first of all. */
    CompletionStage<EventBatch<E>> readable(
            int partition, long from, int limit, ReadConsistency consistency, Deadline deadline) {
        return page(partition, from, limit, consistency, deadline).thenApply(page -> {
            try {
                return batch(partition, from, page, page.records().size());
            } catch (CodecException e) {
                return batch(partition, from, page, Math.max(1, decodable(partition, page)));
            }
        });
    }

    private int decodable(int partition, Page page) {
        int count = 0;
        try {
            for (Recorded each : page.records()) {
                coder.decode(partition, each);
                count++;
            }
        } catch (CodecException e) {
            LOG.debug("partition {} of log {} has an event that cannot be decoded", partition, name, e);
        }
        return count;
    }

    /**
     * Follows a partition on this node only: every event from an offset on, in order, one batch after the other; the next batch is handed over when the handler's stage of the one before has completed, and
     * at most one more is read meanwhile. A batch on which the handler fails comes again, after 100 ms at first and up to 10 s later on, until it succeeds. To resume after a restart keep the
     * {@code next} of the last batch, or use {@link #consume}.
     *
     * @param partition the partition
     * @param from the first offset of interest, 0 for the oldest
     * @param limit how many events a batch has at most, 1 to 1,000
     * @param handler receives the batches, on a thread that it may block
     * @return ends it
     */
    public Subscription subscribe(int partition, long from, int limit, EventHandler<E> handler) {
        return Follower.start(this, new Feed<>(this, partition, from, limit), handler);
    }

    /**
     * A partition's events from an offset on, for subscribers that ask for as many as they can bear (Reactive Streams, as {@link Flow}). Each subscriber begins at the offset; it is given no more than it asked
     * for, and reads ahead of it by one batch of 256 events at most. An event that cannot be decoded ends it with an error; what fails for a while is tried again.
     *
     * @param partition the partition
     * @param from the first offset of interest, 0 for the oldest
     * @return the publisher
     */
    public Flow.Publisher<LoggedEvent<E>> publisher(int partition, long from) {
        return subscriber -> EventSubscription.start(this, new Feed<>(this, partition, from, 256), subscriber);
    }

    /**
     * Consumes all partitions together with other nodes that do so in the same group: each partition by one node at a time. See {@link ConsumerGroup}.
     *
     * @param config how
     * @param crew who consumes
     * @param handler receives the batches, on a thread that it may block
     * @return this node's part in it, which has begun
     */
    public ConsumerGroup<E> consume(ConsumerConfig config, Crew crew, EventHandler<E> handler) {
        return ConsumerGroup.start(this, config, crew, handler);
    }
}
