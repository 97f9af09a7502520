package io.holdfast.consensus;

import io.holdfast.consensus.backup.Backup;
import io.holdfast.consensus.backup.Backups;
import io.holdfast.consensus.primitive.BarrierType;
import io.holdfast.consensus.primitive.CounterType;
import io.holdfast.consensus.primitive.IdType;
import io.holdfast.consensus.primitive.JournalType;
import io.holdfast.consensus.primitive.LatchType;
import io.holdfast.consensus.primitive.MapType;
import io.holdfast.consensus.primitive.PermitType;
import io.holdfast.consensus.primitive.QueueType;
import io.holdfast.consensus.primitive.RefType;
import io.holdfast.consensus.primitive.TopicType;
import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.core.Check;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReplicatedJournal;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.codec.Codec;
import io.holdfast.core.env.Environment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** What this node shares with all others through one group. The objects that it hands out are cheap: ask for one where it is needed, or keep it. */
public final class Consensus {
    /** How the names of tables begin, and those of maps do not. */
    private static final String RESERVED = "holdfast.";

    /** So many listeners and duties may run at once. */
    private static final int MAX_CALLBACKS = 1024;

    private final GroupSession session;
    private final Codec codec;
    private final Waiting waiting;
    private final Resource.Shared shared;
    private final byte[] owner;
    private final Optional<Backups> backups;

    private Consensus(GroupSession session, Codec codec, Environment environment, Optional<Backups> backups) {
        this.backups = backups;
        this.session = session;
        this.codec = codec;
        this.waiting = new Waiting(environment.clock());
        this.owner = session.node().value().getBytes(StandardCharsets.UTF_8);
        Executor callbacks = environment.threads().handlers("consensus-" + session.group(), MAX_CALLBACKS);
        this.shared = new Resource.Shared(
                session,
                environment,
                waiting,
                new Leases(session, environment, waiting, callbacks),
                callbacks,
                ConcurrentHashMap.newKeySet());
    }

    /**
     * The primitives of a group.
     *
     * @param session this node's session with it; stays the caller's
     * @param codec how values become bytes
     * @param environment clocks, timers and threads
     * @return the primitives
     */
    public static Consensus of(GroupSession session, Codec codec, Environment environment) {
        return new Consensus(session, codec, environment, Optional.empty());
    }

    /**
     * The primitives of a group, on a node where backups can be taken.
     *
     * @param session this node's session with it; stays the caller's
     * @param codec how values become bytes
     * @param environment clocks, timers and threads
     * @param backups takes backups; stays the caller's
     * @return the primitives
     */
    public static Consensus of(GroupSession session, Codec codec, Environment environment, Backups backups) {
        return new Consensus(session, codec, environment, Optional.of(backups));
    }

    /**
     * This node's session with the group, with which all ends that it holds: leases, places in queues and ephemeral keys. {@link GroupSession#listen} tells of its end and of the next one, which
     * whoever puts ephemeral keys needs: they do not come back by themselves.
     *
     * @return the session; stays the node's, do not close it
     */
    public GroupSession session() {
        return session;
    }

    /**
     * Writes all that the group had acknowledged when this was called, of all names, to a file of this node, while the group goes on. Check it with {@link Backup#verify}; docs/backup.md tells
     * how a new cluster begins with it.
     *
     * @param file where to; its directory is there, the file is not: it is never written over
     * @return the backup, which is on disk
     * @throws io.holdfast.core.UnavailableException if no majority answers within ten seconds, this node keeps no replica (the message names one that does), or the file cannot be written; nothing
     *     is left of it then
     * @throws io.holdfast.core.OverloadedException if others wait already; take one after the other
     */
    public Backup backup(Path file) {
        return Waiting.await(() -> backupAsync(file));
    }

    /**
     * As {@link #backup}.
     *
     * @param file where to
     * @return the backup, once it is on disk; fails as that throws
     */
    public CompletionStage<Backup> backupAsync(Path file) {
        return backups.<CompletionStage<Backup>>map(found -> found.take(file))
                .orElseGet(() -> CompletableFuture.failedFuture(new UnavailableException("backup " + file
                        + " was not taken: these primitives were made without Backups; give them some")));
    }

    /**
     * The types of primitives that a replica of a group must know, for {@link io.holdfast.consensus.state.PrimitiveMachine}.
     *
     * @return the types
     */
    public static List<PrimitiveType> types() {
        return List.of(
                new MapType(),
                new CounterType(),
                new RefType(),
                PermitType.LOCK,
                PermitType.READ_WRITE_LOCK,
                PermitType.SEMAPHORE,
                PermitType.ELECTION,
                new QueueType(),
                new IdType(),
                new LatchType(),
                new BarrierType(),
                new TopicType(),
                new JournalType());
    }

    /**
     * A map. It exists once it has a key. All nodes must use it with the same types.
     *
     * @param name its name, 1 to 255 bytes of UTF-8; names that begin with {@code holdfast.} are those of {@link #table tables}
     * @param keys the keys' type
     * @param values the values' type
     * @param <K> the keys' type
     * @param <V> the values' type
     * @return the map
     * @throws io.holdfast.core.InvalidContractException if a type cannot be encoded
     * @throws IllegalArgumentException if the name is reserved
     */
    public <K, V> ReplicatedMap<K, V> map(String name, Class<K> keys, Class<V> values) {
        Check.that(
                !name.startsWith(RESERVED),
                "map (%s) must not have a name that begins with %s: the rows of Holdfast's own features lie there; take another",
                name,
                RESERVED);
        return new ReplicatedMap<>(resource(MapType.ID, name), new MapCodec<>(keys, values, codec));
    }

    /**
     * Rows that features of a node keep: the map of that name, in the port's words.
     *
     * @param name its name, 1 to 64 bytes of UTF-8; begin it with {@code holdfast.}, which no {@link #map} may
     * @return the table
     */
    public ReplicatedTable table(String name) {
        return new GroupTable(session, name);
    }

    /**
     * A transaction over maps of this group.
     *
     * @return a new one, without conditions and steps
     */
    public Transaction transaction() {
        return new Transaction(session, waiting);
    }

    private Resource resource(int type, String name) {
        return new Resource(shared, type, name);
    }

    /**
     * A counter of 64 bits.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @return the counter
     */
    public AtomicCounter counter(String name) {
        return counter(name, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /**
     * A counter that this user keeps between bounds.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @param min the least value, at most 0
     * @param max the largest value, at least 0
     * @return the counter
     * @throws IllegalArgumentException if the bounds exclude 0
     */
    public AtomicCounter counter(String name, long min, long max) {
        return new AtomicCounter(resource(CounterType.ID, name), min, max);
    }

    /**
     * A reference to a value.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @param values the value's type
     * @param <T> the value's type
     * @return the reference
     * @throws io.holdfast.core.InvalidContractException if the type cannot be encoded
     */
    public <T> AtomicRef<T> ref(String name, Class<T> values) {
        return new AtomicRef<>(resource(RefType.ID, name), codec.forType(values));
    }

    /**
     * A generator of numbers. Keep it: each has a block of its own.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @param block how many numbers it takes at a time, 1 to 1,000,000
     * @return the generator
     * @throws IllegalArgumentException if the block is out of bounds
     */
    public IdGenerator ids(String name, int block) {
        return new IdGenerator(resource(IdType.ID, name), block);
    }

    /**
     * A lock.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @return the lock
     */
    public DistributedLock lock(String name) {
        return new DistributedLock(new Permits(resource(PermitType.LOCK.id(), name), 1, owner), 1);
    }

    /**
     * A lock for readers and writers.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @return both locks
     */
    public ReadWriteLock readWriteLock(String name) {
        Permits permits = new Permits(resource(PermitType.READ_WRITE_LOCK.id(), name), PermitType.MAX_PERMITS, owner);
        return new ReadWriteLock(new DistributedLock(permits, 1), new DistributedLock(permits, PermitType.MAX_PERMITS));
    }

    /**
     * A semaphore.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @param permits how many there are, 1 to 1,000,000; all users must say the same
     * @return the semaphore
     * @throws IllegalArgumentException if the permits are out of bounds
     */
    public Semaphore semaphore(String name, int permits) {
        int checked = (int) Check.between("permits of semaphore " + name, permits, 1, PermitType.MAX_PERMITS);
        return new Semaphore(new Permits(resource(PermitType.SEMAPHORE.id(), name), checked, owner), checked);
    }

    /**
     * An office that one node holds at a time.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @return the election
     */
    public LeaderElection election(String name) {
        return new LeaderElection(new Permits(resource(PermitType.ELECTION.id(), name), 1, owner));
    }

    /**
     * Ends all that {@link LeaderElection#lead} has begun here: to be called before the session is closed, which would free the offices while their duties still run.
     *
     * @return completes when no duty runs here any more; it does not while one ignores its interrupt, so wait with a limit
     */
    public CompletionStage<Boolean> resign() {
        CompletableFuture<?>[] ends = shared.candidacies().stream()
                .map(candidacy -> candidacy.withdraw().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(ends).thenApply(nothing -> ends.length > 0);
    }

    /**
     * A latch.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @return the latch
     */
    public Latch latch(String name) {
        return new Latch(resource(LatchType.ID, name));
    }

    /**
     * A barrier.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @param parties how many wait for one another, 1 to 10,000; all must say the same
     * @return the barrier
     * @throws IllegalArgumentException if the parties are out of bounds
     */
    public Barrier barrier(String name, int parties) {
        return new Barrier(resource(BarrierType.ID, name), parties);
    }

    /**
     * A queue of work.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @param items the items' type
     * @param options how it behaves
     * @param <T> the items' type
     * @return the queue
     * @throws io.holdfast.core.InvalidContractException if the type cannot be encoded
     */
    public <T> WorkQueue<T> queue(String name, Class<T> items, WorkQueueOptions options) {
        return new WorkQueue<>(resource(QueueType.ID, name), codec.forType(items), options);
    }

    /**
     * A topic.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @param messages the messages' type
     * @param retained how many messages are kept, 1 to 1,000,000
     * @param <T> the messages' type
     * @return the topic
     * @throws io.holdfast.core.InvalidContractException if the type cannot be encoded
     */
    public <T> Topic<T> topic(String name, Class<T> messages, int retained) {
        return new Topic<>(resource(TopicType.ID, name), codec.forType(messages), retained);
    }

    /**
     * A journal: one partition of an event log. It needs feature level 2, at which a group is a few seconds after its last member was upgraded or it began; until then changes fail with
     * {@link io.holdfast.core.NotAppliedException}.
     *
     * @param name its name, 1 to 255 bytes of UTF-8
     * @return the journal, with {@link io.holdfast.core.cluster.JournalSettings#keepAll} unless it was told otherwise
     */
    public ReplicatedJournal journal(String name) {
        return new GroupJournal(resource(JournalType.ID, name));
    }
}
