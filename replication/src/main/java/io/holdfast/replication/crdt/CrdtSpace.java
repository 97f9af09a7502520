package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import io.holdfast.core.Check;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.cluster.Member;
import io.holdfast.core.cluster.Membership;
import io.holdfast.core.codec.TypeCodec;
import io.holdfast.core.env.DurableCells;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import io.holdfast.core.loop.EventLoop;
import io.holdfast.core.telemetry.Telemetry;
import io.holdfast.core.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated values of a node. Each node holds all of them, reads and updates its own copy at once, also in a partition, and exchanges changes with the others. Values of one kind and name are the same value on all
 * nodes; a value begins to be with its first update and is never taken away whole, only emptied.
 *
 * <pre>{@code
 * space.counter("views").increment();
 * space.set("tags", codec).add("new");
 * }</pre>
 *
 * <p><b>What a crash may lose.</b> An update is saved to disk, and only then sent, when its interval ends ({@link CrdtConfig#gossipInterval}, 100 ms). A crash before that loses it: then no node has seen it, and it never was.
 * After that it is lost only with the disk, if no other node has got it. A node without a disk loses what no other node has got. Wait for {@link #flush} or {@link #awaitSpread} where that is too little.
 *
 * <p><b>Bounds.</b> {@link CrdtConfig} says how many values there may be and how large; an update beyond is refused with {@link io.holdfast.core.NotAppliedException} and changes nothing. Beside its elements a value holds about
 * ten bytes for each disk that ever wrote to it (for nodes without a disk: for each start), and nothing for what was removed.
 *
 * <p>Stages end on the thread that keeps the values: what depends on one must not block.
 *
 * <p>Safe for use by many threads.
 */
public final class CrdtSpace implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CrdtSpace.class);
    private static final String CELLS = "crdt";
    /** Messages may be large. */
    private static final int MAILBOX = 1024;

    private static final Duration FOREVER = Duration.ofDays(1);
    private static final Duration ROOM = Duration.ofMillis(20);

    /**
     * What a node brings to its replicated values.
     *
     * @param membership who is there
     * @param transport the wire; the space takes the route {@code crdt}
     * @param environment time, chance and threads
     * @param telemetry where metrics and decisions go
     * @param cells where they are saved, in cells whose names begin with {@code crdt-}; empty if they live as long as the process
     */
    public record Surroundings(
            Membership membership,
            Transport transport,
            Environment environment,
            Telemetry telemetry,
            Optional<DurableCells> cells) {}

    private final class Hooks implements Place.Hooks {
        @Override
        public void updated(ObjectId id) {
            tellListeners();
        }

        @Override
        public void refused() {
            meters.refused();
        }

        @Override
        public Registration listen(ObjectId id, Runnable listener) {
            if (listeners.isEmpty()) {
                replica.takeChanged(); // of times when nobody listened
            }
            return listeners.listen(id, listener);
        }
    }

    private final Surroundings surroundings;
    private final DurableCells cells;
    private final Replica replica;
    private final CrdtNode node;
    private final CrdtMeters meters;
    private final ChangeListeners listeners;
    private final OpenAwaits awaits;
    private final CrdtWire wire;
    private final Hooks hooks = new Hooks();
    private final List<Registration> registrations = new ArrayList<>();
    /** Missing for as long as the constructor runs. */
    private volatile @Nullable EventLoop<CrdtRequest, CrdtMessage, CrdtTimer, CrdtEvent> loop;

    private CrdtSpace(CrdtConfig config, Surroundings surroundings) {
        this.surroundings = surroundings;
        Environment environment = surroundings.environment();
        String name = surroundings.membership().self().id().value();
        RandomGenerator random = environment.random().split("crdt");
        CrdtRules rules = new CrdtRules();
        replica = new Replica(config, rules, environment.wallClock(), () -> rules.newActor(name, random));
        cells = surroundings.cells().orElseGet(DurableCells::inMemory);
        Optional<SpaceDisk> disk = surroundings.cells().map(any -> new SpaceDisk(CELLS, SpaceDisk.RING));
        CrdtNode.restore(disk, cells, replica);
        node = new CrdtNode(config, rules, replica, disk, random);
        meters = new CrdtMeters(surroundings.telemetry().meters(), replica, node);
        listeners = new ChangeListeners(environment.threads(), name);
        awaits = new OpenAwaits(environment.scheduler(), this::ask);
        wire = new CrdtWire(surroundings.transport(), this::deliver, meters::sent);
        loop = EventLoop.of("holdfast-crdt-" + name, node, environment)
                .cells(cells)
                .capacity(MAILBOX)
                .sender(wire::send)
                .publisher(this::publish)
                .start();
    }

    /**
     * Starts the replicated values of a node: with what its cells keep, and what others tell.
     *
     * @param config the numbers
     * @param surroundings what the node brings
     * @return the space; close it with the node
     * @throws IllegalArgumentException if the transport takes the route already
     * @throws IllegalStateException if what the cells keep is damaged; the message says what to do
     * @throws java.io.UncheckedIOException if a cell cannot be read
     */
    public static CrdtSpace start(CrdtConfig config, Surroundings surroundings) {
        CrdtSpace started = new CrdtSpace(config, surroundings);
        try {
            started.registrations.add(started.wire.open());
            started.registrations.add(surroundings.membership().listen(event -> started.look()));
            started.look();
            return started;
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    /**
     * To be called by whoever brings cells back from a backup, or copies them from another node, while the node does not run: the store must count its updates as a new one, for it may have made others since. Nothing calls this by
     * itself, for a directory does not tell that it was restored. For the data directory of a node:
     *
     * <pre>{@code
     * try (var cells = FileCells.open(directory, nodeId); var environment = Environment.system()) {
     *     CrdtSpace.restored(cells, environment);
     * }
     * }</pre>
     *
     * <p>Where that was forgotten the store learns it from the first peer that knows better, and logs it; a node that meets no such peer does not.
     *
     * @param cells the cells
     * @param environment chance
     * @throws java.io.UncheckedIOException if a cell cannot be read or written
     */
    public static void restored(DurableCells cells, Environment environment) {
        SpaceDisk disk = new SpaceDisk(CELLS, SpaceDisk.RING);
        disk.read(cells);
        disk.renew(environment.random().split("crdt-restored").nextLong(), cells);
    }

    private void look() {
        ask(new CrdtRequest.Peers(this::others));
    }

    private List<Address> others() {
        Member self = surroundings.membership().self();
        return surroundings.membership().members().stream()
                .filter(member -> !member.id().equals(self.id()))
                .map(Member::address)
                .toList();
    }

    private void ask(CrdtRequest request) {
        EventLoop<CrdtRequest, CrdtMessage, CrdtTimer, CrdtEvent> running = loop;
        try {
            if (running != null) {
                running.request(request);
            }
        } catch (OverloadedException e) {
            log.debug("{} waits: {}", request, e.getMessage());
            surroundings.environment().scheduler().schedule(ROOM, () -> ask(request));
        }
    }

    private void deliver(Address from, CrdtMessage message) {
        EventLoop<CrdtRequest, CrdtMessage, CrdtTimer, CrdtEvent> running = loop;
        if (running != null) {
            running.deliver(from, message);
        }
    }

    /** On the loop's thread. */
    private void publish(CrdtEvent event) {
        if (event instanceof CrdtEvent.Saved saved) {
            node.confirm(saved.save()); // on the protocol's own thread, between two turns
            ask(new CrdtRequest.Saved());
        } else if (event instanceof CrdtEvent.Reached reached) {
            awaits.reached(reached.ticket());
        } else if (event instanceof CrdtEvent.Merged) {
            tellListeners();
        } else if (event instanceof CrdtEvent.WentBack) {
            String text =
                    "the cells of this node are older than what it told others: they were brought back or copied without a word; it goes on as a new store,"
                            + " and what it updated between its start and now may be mixed up with what it had updated before";
            surroundings.telemetry().recorder().record("crdt", "store", text);
            log.error(
                    "crdt: {}; whoever restores a data directory must call CrdtSpace.restored before the node starts, nothing else does",
                    text);
        }
    }

    private void tellListeners() {
        if (!listeners.isEmpty()) {
            listeners.tell(replica.takeChanged());
        }
    }

    private Place place(Kind kind, String name) {
        return new Place(replica, new ObjectId(kind, name), Path.ROOT, hooks);
    }

    /**
     * A counter that only grows.
     *
     * @param name 1 to 128 bytes of UTF-8
     * @return a handle; it costs nothing to make
     * @throws IllegalArgumentException if the name is too long or empty
     */
    public CrdtGrowCounter growCounter(String name) {
        return new CrdtGrowCounter(place(Kind.GROW_COUNTER, name));
    }

    /**
     * A counter.
     *
     * @param name as for {@link #growCounter}
     * @return a handle
     * @throws IllegalArgumentException as {@link #growCounter}
     */
    public CrdtCounter counter(String name) {
        return new CrdtCounter(place(Kind.COUNTER, name));
    }

    /**
     * A flag of which on wins.
     *
     * @param name as for {@link #growCounter}
     * @return a handle
     * @throws IllegalArgumentException as {@link #growCounter}
     */
    public CrdtFlag flag(String name) {
        return new CrdtFlag(place(Kind.ENABLE_WINS_FLAG, name), true);
    }

    /**
     * A flag of which off wins; not the same as the {@link #flag} of that name.
     *
     * @param name as for {@link #growCounter}
     * @return a handle
     * @throws IllegalArgumentException as {@link #growCounter}
     */
    public CrdtFlag disableWinsFlag(String name) {
        return new CrdtFlag(place(Kind.DISABLE_WINS_FLAG, name), false);
    }

    /**
     * A register of which the last write wins.
     *
     * @param name as for {@link #growCounter}
     * @param codec how values are encoded
     * @param <V> the value
     * @return a handle
     * @throws IllegalArgumentException as {@link #growCounter}
     */
    public <V> CrdtRegister<V> register(String name, TypeCodec<V> codec) {
        return new CrdtRegister<>(place(Kind.LAST_WRITER_REGISTER, name), codec);
    }

    /**
     * A register that keeps concurrent writes side by side.
     *
     * @param name as for {@link #growCounter}
     * @param codec how values are encoded
     * @param <V> the value
     * @return a handle
     * @throws IllegalArgumentException as {@link #growCounter}
     */
    public <V> CrdtMultiRegister<V> multiRegister(String name, TypeCodec<V> codec) {
        return new CrdtMultiRegister<>(place(Kind.MULTI_VALUE_REGISTER, name), codec);
    }

    /**
     * A set of which adds win.
     *
     * @param name as for {@link #growCounter}
     * @param codec how elements are encoded: equal elements to equal bytes
     * @param <E> the elements
     * @return a handle
     * @throws IllegalArgumentException as {@link #growCounter}
     */
    public <E> CrdtSet<E> set(String name, TypeCodec<E> codec) {
        return new CrdtSet<>(place(Kind.SET, name), codec);
    }

    /**
     * A map whose values are replicated values.
     *
     * @param name as for {@link #growCounter}
     * @param codec how keys are encoded: equal keys to equal bytes
     * @param <K> the keys
     * @return a handle
     * @throws IllegalArgumentException as {@link #growCounter}
     */
    public <K> CrdtMap<K> map(String name, TypeCodec<K> codec) {
        return new CrdtMap<>(place(Kind.MAP, name), codec);
    }

    /**
     * Waits until all updates that this node made before are on its disk (on a node without one: at once).
     *
     * @return completes then; while the disk refuses to write it does not, and updates are neither saved nor sent. It fails with {@link OverloadedException} if too many wait, and with
     *     {@link io.holdfast.core.UnavailableException} if the space is closed before
     */
    public CompletionStage<@Nullable Void> flush() {
        return awaits.await(replica.latest(), 0, FOREVER);
    }

    /**
     * Waits until all that this node knows now is on its disk and in the memory of other nodes: then it survives the loss of so many nodes less one at a time.
     *
     * @param copies how many other nodes
     * @param limit how long to wait
     * @return completes then. It fails with {@link io.holdfast.core.DeadlineExceededException} after the limit, with {@link OverloadedException} if too many wait, and with
     *     {@link io.holdfast.core.UnavailableException} if the space is closed before; the updates stand all the same
     * @throws IllegalArgumentException if {@code copies} is negative or the limit is not positive
     */
    public CompletionStage<@Nullable Void> awaitSpread(int copies, Duration limit) {
        Check.between("copies", copies, 0, 10_000);
        return awaits.await(replica.latest(), copies, Check.positive("limit", limit));
    }

    /**
     * The state of all values as a number: nodes that hold the same have the same number. It reads all that changed since it was asked last.
     *
     * @return the number
     */
    public long digest() {
        return replica.digest();
    }

    /**
     * Prepares the end of a node that leaves in good order, while the wire still works: waits until all that this node knows is on its disk, and in the memory of one other node if there is one that keeps replicated values too.
     *
     * @param limit how long to wait
     * @return as {@link #awaitSpread}
     * @throws IllegalArgumentException if the limit is not positive
     */
    public CompletionStage<@Nullable Void> leave(Duration limit) {
        return awaitSpread(node.hasCompany() ? 1 : 0, limit);
    }

    /** Saves what is not saved, and stops. Updates after that are lost. Who waits for {@link #flush} or {@link #awaitSpread}, or comes later, is told at once, as far as it is known. */
    @Override
    public void close() {
        registrations.forEach(Registration::close);
        ask(new CrdtRequest.Save());
        EventLoop<CrdtRequest, CrdtMessage, CrdtTimer, CrdtEvent> running = loop;
        if (running != null) {
            running.close();
        }
        if (!Thread.currentThread().isInterrupted()) { // else the protocol's thread may still be at work
            saveLast();
        }
        awaits.close(node::isReached);
        listeners.close();
        meters.close();
    }

    /** What the mailbox had no room for. */
    private void saveLast() {
        try {
            node.saveLast(cells);
        } catch (RuntimeException e) {
            log.error(
                    "crdt: the last updates of this node could not be saved, and are lost unless other nodes have them; look whether its disk has room",
                    e);
        }
    }
}
