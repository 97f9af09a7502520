package io.holdfast.consensus.state;

import io.holdfast.consensus.state.PrimitiveType.Operation;
import io.holdfast.core.Check;
import io.holdfast.core.CodecException;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state machine of a group: any number of named primitives, the sessions of those who use them, and the answers that they may ask for again.
 *
 * <p>A command that fails answers so and changes nothing. A command of a newer build throws {@link NeedsUpgradeException} before anything is changed; an
 * {@link OutOfMemoryError} and the like are thrown on, for they are no property of the command: either way this replica must stop, and must not skip.
 * Exactly once: a session's sequence number is applied once as long as the session lives, and answered as often as it is asked for until the session acknowledges it
 * (Ongaro, "Consensus: Bridging Theory and Practice", 2014, section 6.3).
 *
 * <p>Calls must not overlap, except for {@link ReplicatedLog.Capture#writeTo}.
 */
public final class PrimitiveMachine implements ReplicatedLog.Applier {
    /** So many expiries are done at once; the others wait for the next command or tick. */
    private static final int MAX_EXPIRIES = 10_000;

    private static final int MAX_EVENTS = 100_000;
    private static final long MAX_EVENT_BYTES = 64L << 20;
    private static final Logger LOG = LoggerFactory.getLogger(PrimitiveMachine.class);

    private final @Nullable PrimitiveType[] types = new @Nullable PrimitiveType[256];
    private final StateStore store = new StateStore();
    private final Deadlines deadlines = new Deadlines(store);
    private final int supported;
    private final CommandScope.State state;
    private final Sessions sessions;
    private final Catalogue catalogue;
    private final EventRing events;
    private long revision;
    private long logNanos;

    /**
     * A machine without state.
     *
     * @param types the primitives that it knows; the same on all replicas
     * @param limits its bounds; the same on all replicas
     * @throws IllegalArgumentException if two types have one id
     */
    public PrimitiveMachine(Collection<? extends PrimitiveType> types, StateLimits limits) {
        this(types, limits, MAX_EVENTS);
    }

    PrimitiveMachine(Collection<? extends PrimitiveType> types, StateLimits limits, int maxEvents) {
        for (PrimitiveType type : types) {
            Check.between("id of primitive type " + type.name(), type.id(), 1, 255);
            Check.that(
                    this.types[type.id()] == null,
                    "primitive type %s has an id (%d) that is taken",
                    type.name(),
                    type.id());
            this.types[type.id()] = type;
        }
        this.supported = level(types);
        this.sessions = new Sessions(store, deadlines, limits);
        this.catalogue = new Catalogue(store, limits);
        this.state = new CommandScope.State(store, deadlines, sessions, catalogue, limits);
        this.events = new EventRing(maxEvents, MAX_EVENT_BYTES);
    }

    /**
     * The feature level of a build that knows these types: no group that it keeps a replica of may go beyond it.
     *
     * @param types the primitives that it knows
     * @return the newest version of any of them
     */
    public static int level(Collection<? extends PrimitiveType> types) {
        return types.stream().mapToInt(PrimitiveType::version).reduce(Command.FORMAT, Math::max);
    }

    @Override
    public byte[] apply(long index, long now, byte[] bytes) {
        store.lock().lock();
        try {
            Command command;
            try {
                command = Command.decode(bytes);
                check(command);
            } catch (CodecException e) {
                advance(index, now);
                return Answer.refused(index, "a command was malformed: " + e.getMessage())
                        .encode();
            }
            advance(index, now);
            return command instanceof Command.Operate operate
                    ? operate(operate)
                    : manage(command).encode();
        } finally {
            store.lock().unlock();
        }
    }

    /** Stops before anything is changed if a newer build is needed. */
    private void check(Command command) {
        if (command instanceof Command.Raise raise && raise.level() > supported) {
            throw new NeedsUpgradeException(
                    "the group's feature level becomes " + raise.level() + ", this build knows up to " + supported);
        }
        if (command instanceof Command.Operate operate) {
            PrimitiveType type = types[operate.type()];
            if (type == null) {
                throw new NeedsUpgradeException("a command for " + operate.name() + " has primitive type "
                        + operate.type() + ", which this build does not know");
            }
            ByteReader in = new ByteReader(operate.operation());
            int opcode = in.u8();
            int version = in.u8();
            if (opcode > type.lastOpcode() || version > type.version()) {
                throw new NeedsUpgradeException("a command for the " + type.name() + " " + operate.name()
                        + " has opcode "
                        + opcode + " in version " + version + ", this build knows opcodes up to " + type.lastOpcode()
                        + " and versions up to " + type.version());
            }
        }
    }

    private void advance(long index, long now) {
        revision = index;
        logNanos = Math.max(logNanos, now);
        expire();
    }

    @Override
    public void tick(long index, long now) {
        store.lock().lock();
        try {
            logNanos = Math.max(logNanos, now);
            expire();
        } finally {
            store.lock().unlock();
        }
    }

    @Override
    public long nextDeadline() {
        store.lock().lock();
        try {
            return deadlines.next();
        } finally {
            store.lock().unlock();
        }
    }

    private Answer manage(Command command) {
        return attempt(0, (scope, answer) -> {
            if (command instanceof Command.Open open) {
                sessions.open(revision, open.ttlNanos(), open.owner(), logNanos);
            } else if (command instanceof Command.KeepAlive alive) {
                Sessions.Known known = sessions.find(alive.session());
                if (known == null) {
                    return Answer.Status.SESSION_GONE;
                }
                sessions.seen(alive.session(), known, logNanos, alive.acked());
            } else if (command instanceof Command.Close close) {
                end(close.session());
            } else if (command instanceof Command.Raise raise && raise.level() > level()) {
                Marks.LEVEL.write(store, raise.level());
            }
            return Answer.Status.OK;
        });
    }

    private int level() {
        return (int) Math.max(1, Marks.LEVEL.read(store));
    }

    private byte[] operate(Command.Operate command) {
        long id = command.session();
        Sessions.Known known = sessions.find(id);
        if (known == null) {
            return new Answer(Answer.Status.SESSION_GONE, revision, Tables.NOTHING).encode();
        }
        byte[] given = sessions.answer(id, command.sequence());
        if (given == null && command.sequence() <= known.acked()) {
            return new Answer(Answer.Status.PASSED, revision, Tables.NOTHING).encode();
        }
        if (given != null) {
            sessions.seen(id, known, logNanos, Math.min(command.acked(), command.sequence() - 1));
            store.keep();
            return given;
        }
        Sessions.Known seen = sessions.hear(id, known, logNanos, command.acked());
        if (seen.isFull()) {
            sessions.seen(id, seen, logNanos, command.acked());
            store.keep();
            return new Answer(Answer.Status.FULL, revision, Tables.NOTHING).encode();
        }
        store.keep();
        byte[] answer = execute(command).encode();
        sessions.remember(id, seen, command.sequence(), answer);
        store.keep();
        return answer;
    }

    private Answer execute(Command.Operate command) {
        return attempt(command.session(), (scope, answer) -> {
            PrimitiveType type = type(command.type());
            Operation operation = operation(command.operation());
            if (operation.version() > level()) {
                throw new Refusal("the operation needs feature level " + operation.version() + ", the group is at "
                        + level() + "; upgrade all members and try again");
            }
            type.apply(scope.resource(type.id(), command.name()), operation, answer);
            if (answer.length() > StateLimits.MAX_ANSWER) {
                throw new Refusal("the answer (" + answer.length() + " bytes) must have at most "
                        + StateLimits.MAX_ANSWER + " bytes; ask for less at a time");
            }
            return Answer.Status.OK;
        });
    }

    private PrimitiveType type(int id) {
        PrimitiveType type = types[id];
        if (type == null) {
            throw new NeedsUpgradeException(
                    "the state has a primitive of type " + id + ", which this build does not know");
        }
        return type;
    }

    private static Operation operation(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        return new Operation(in.u8(), in.u8(), in);
    }

    /** What runs with the power to undo. */
    private interface Step {
        Answer.Status run(CommandScope scope, ByteWriter answer);
    }

    private Answer attempt(long session, Step step) {
        CommandScope scope = new CommandScope(state, revision, logNanos, session);
        ByteWriter answer = new ByteWriter(32);
        try {
            Answer.Status status = step.run(scope, answer);
            scope.finish().forEach(events::add);
            store.keep();
            return new Answer(status, revision, answer.toBytes());
        } catch (Throwable failure) {
            store.undo();
            return Answer.refused(revision, words(failure));
        }
    }

    /** The same on every replica: of exceptions that are not meant, not even the message can be relied on. */
    private static String words(Throwable failure) {
        if (failure instanceof VirtualMachineError || failure instanceof LinkageError) {
            throw (Error) failure;
        }
        if (failure instanceof NeedsUpgradeException needs) {
            throw needs;
        }
        if (failure instanceof Refusal refusal) {
            return refusal.words();
        }
        if (failure instanceof CodecException) {
            return "the operation was malformed: " + failure.getMessage();
        }
        LOG.debug("an operation failed", failure);
        return "the operation failed by a defect in its type and changed nothing; the debug log of a replica tells more";
    }

    /** Ends what is due, in the order (deadline, table, key), each with its own power to undo. */
    private void expire() {
        for (int i = 0; i < MAX_EXPIRIES; i++) {
            Deadlines.Due due = deadlines.poll(logNanos);
            if (due == null) {
                return;
            }
            store.keep();
            if (due.table() == Tables.SESSIONS) {
                expireSession(new ByteReader(due.key()).fixed64());
            } else {
                on(due.table(), (type, resource) -> type.onDeadline(resource, due.key()));
            }
        }
    }

    private void expireSession(long session) {
        Sessions.Known known = sessions.find(session);
        if (known != null && known.endsNanos() > logNanos) {
            deadlines.set(Tables.SESSIONS, Tables.key(session), known.endsNanos());
            store.keep();
        } else {
            end(session);
        }
    }

    private void end(long session) {
        Sessions.Known known = sessions.find(session);
        if (known != null) {
            List<Long> holding = sessions.close(session, known);
            store.keep();
            for (long resource : holding) {
                on(resource, (type, rows) -> type.onSessionClosed(rows, session));
            }
        }
    }

    /** What time or the end of a session does to a resource. */
    private interface Consequence {
        void run(PrimitiveType type, StateContext resource);
    }

    private void on(long resource, Consequence consequence) {
        Catalogue.Owner owner = catalogue.owner(resource);
        if (owner != null) {
            on(owner, consequence);
        }
    }

    private Answer on(Catalogue.Owner owner, Consequence consequence) {
        return attempt(0, (scope, answer) -> {
            PrimitiveType type = type(owner.type());
            consequence.run(type, scope.resource(owner.type(), owner.name()));
            return Answer.Status.OK;
        });
    }

    @Override
    public byte[] query(long index, byte[] bytes) {
        store.lock().lock();
        try {
            Query query = Query.decode(bytes);
            if (query instanceof Query.Ask ask) {
                return ask(ask).encode();
            }
            return Answer.ok(revision, answer(query)).encode();
        } catch (CodecException | Refusal e) {
            return Answer.refused(revision, "a question was refused: " + e.getMessage())
                    .encode();
        } finally {
            store.lock().unlock();
        }
    }

    private byte[] answer(Query query) {
        if (query instanceof Query.Watch watch) {
            return poll(watch).encode();
        }
        return query instanceof Query.Inspect inspect
                ? new Inspector(state, revision, logNanos, inspect)
                        .look(types, digest())
                        .encode()
                : digest().encode();
    }

    private Answer ask(Query.Ask ask) {
        PrimitiveType type = types[ask.type()];
        Operation operation = operation(ask.operation());
        if (type == null || operation.opcode() > type.lastOpcode() || operation.version() > type.version()) {
            throw new Refusal("this replica's build does not know the question (type " + ask.type() + ", opcode "
                    + operation.opcode() + ", version " + operation.version()
                    + "); upgrade the node or ask another one");
        }
        CommandScope scope = new CommandScope(state, revision, logNanos, 0);
        ByteWriter answer = new ByteWriter();
        try {
            type.query(scope.resource(type.id(), ask.name()), operation, answer);
        } catch (Throwable failure) {
            return Answer.refused(revision, words(failure));
        }
        return Answer.ok(revision, answer.toBytes());
    }

    private Poll poll(Query.Watch watch) {
        long expiry = deadlines.next() == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, deadlines.next() - logNanos);
        boolean compacted = switch (watch.start()) {
            case REVISION -> watch.cursor() <= events.forgotten();
            case EVENT -> watch.cursor() < events.first();
            case NOW -> false;
        };
        if (compacted || watch.start() == Query.Watch.Start.NOW) {
            return new Poll(compacted, events.end(), false, expiry, List.of());
        }
        // a cursor from a replica that is ahead of this one by an expiry stands behind the end: it waits
        long at = watch.start() == Query.Watch.Start.EVENT ? watch.cursor() : events.from(watch.cursor());
        List<Event> found = new ArrayList<>();
        int bytes = 0;
        while (at < events.end() && found.size() < Poll.MAX_EVENTS && bytes < Poll.MAX_BYTES) {
            EventRing.Entry entry = events.at(at++);
            if (concerns(watch, entry)) {
                found.add(entry.event());
                bytes += entry.event().size();
            }
        }
        return new Poll(false, at, at < events.end(), expiry, found);
    }

    private static boolean concerns(Query.Watch watch, EventRing.Entry entry) {
        byte[] key = entry.event().key();
        return entry.type() == watch.type()
                && entry.name().equals(watch.name())
                && Arrays.compareUnsigned(key, watch.from()) >= 0
                && (watch.to() == null || Arrays.compareUnsigned(key, watch.to()) < 0);
    }

    /**
     * What the state amounts to. For the thread that applies.
     *
     * @return the digest
     */
    public Digest digest() {
        store.lock().lock();
        try {
            return new Digest(
                    store.hash(),
                    store.rows(),
                    store.bytes(),
                    store.size(Tables.NAMES),
                    store.size(Tables.SESSIONS),
                    level());
        } finally {
            store.lock().unlock();
        }
    }

    /**
     * What the state holds. For the thread that applies.
     *
     * @return the counts
     */
    public Census census() {
        store.lock().lock();
        try {
            SortedMap<Integer, Census.Count> types = new TreeMap<>();
            store.scan(Tables.RESOURCES, Tables.NOTHING, null, row -> {
                long resource = new ByteReader(row.key()).fixed64();
                int type = new ByteReader(row.value()).u8();
                types.merge(type, new Census.Count(1, store.size(resource)), Census.Count::plus);
                return true;
            });
            return new Census(
                    revision,
                    logNanos,
                    level(),
                    store.rows(),
                    store.bytes(),
                    store.hash(),
                    store.size(Tables.SESSIONS),
                    types);
        } finally {
            store.lock().unlock();
        }
    }

    /**
     * Reads a snapshot whole without keeping it.
     *
     * @param snapshot what a capture wrote
     * @return what it holds
     * @throws IOException if it is damaged
     * @throws NeedsUpgradeException if a newer build made it
     */
    public static Census examine(InputStream snapshot) throws IOException {
        Tally tally = new Tally();
        SnapshotFile.Header header = SnapshotFile.read(snapshot, tally);
        return tally.census(header);
    }

    /**
     * The name of a primitive type.
     *
     * @param type its id
     * @return the name, or {@code type-} and the id if this build does not know it
     */
    public String typeName(int type) {
        PrimitiveType known = types[type];
        return known == null ? "type-" + type : known.name();
    }

    /**
     * Makes of a restored state that of a new group, whose members share nothing with those of the old one: all sessions end, and with them locks, places in queues and ephemeral
     * keys; revisions, and so the ids of sessions, fencing tokens, numbers that were given once and offsets go on so much later that none which the old group gave, also after the backup
     * was made, is given again. The group's time goes on. Before the first command.
     *
     * @param jump how far numbers go ahead
     * @throws NeedsUpgradeException if there is a primitive that this build does not know
     * @throws IllegalStateException if a primitive cannot go on; nothing may use the state then
     */
    public void beginAnew(long jump) {
        store.lock().lock();
        try {
            revision = Math.addExact(revision, jump);
            Marks.TOKEN.write(store, Math.addExact(Marks.TOKEN.read(store), jump));
            Marks.EVENT.write(store, Math.addExact(Marks.EVENT.read(store), jump));
            store.keep();
            numbers(Tables.SESSIONS).forEach(this::end);
            for (long resource : numbers(Tables.RESOURCES)) {
                Catalogue.Owner owner = catalogue.owner(resource);
                Answer answer = owner == null
                        ? Answer.ok(revision, Tables.NOTHING)
                        : on(owner, (type, rows) -> type.onRestored(rows, jump));
                if (answer.status() != Answer.Status.OK) {
                    throw new IllegalStateException("the " + typeName(owner == null ? 0 : owner.type()) + " "
                            + (owner == null ? "" : owner.name()) + " cannot begin anew: " + answer.words());
                }
            }
            events.restart(Marks.EVENT.read(store), revision);
        } finally {
            store.lock().unlock();
        }
    }

    /** The keys of a table whose keys are numbers. */
    private List<Long> numbers(long table) {
        List<Long> found = new ArrayList<>();
        store.scan(table, Tables.NOTHING, null, row -> found.add(new ByteReader(row.key()).fixed64()));
        return found;
    }

    @Override
    public ReplicatedLog.Capture capture() {
        store.lock().lock();
        try {
            return new SnapshotFile.Held(store, new SnapshotFile.Header(revision, logNanos));
        } finally {
            store.lock().unlock();
        }
    }

    @Override
    public void restore(long index, InputStream snapshot) throws IOException {
        store.lock().lock();
        try {
            store.reset();
            SnapshotFile.Header header = SnapshotFile.read(snapshot, store);
            if (header.revision() != index) {
                throw new IOException("the snapshot holds revision " + header.revision() + ", not " + index
                        + " as its name says; use an older one or another replica's");
            }
            if (level() > supported) {
                throw new NeedsUpgradeException(
                        "the snapshot has feature level " + level() + ", this build knows up to " + supported);
            }
            revision = index;
            logNanos = header.logNanos();
            events.restart(Marks.EVENT.read(store), index);
        } finally {
            store.lock().unlock();
        }
    }
}
