package io.holdfast.consensus.state;

import io.holdfast.consensus.state.PrimitiveType.Operation;
import io.holdfast.consensus.storage.DamagedException;
import io.holdfast.core.CodecException;
import io.holdfast.core.cluster.ReplicatedLog;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;

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
    private static final int MAX_EVENTS = 100_000;
    private static final long MAX_EVENT_BYTES = 64L << 20;

    private final Types types;
    private final StateStore store = new StateStore();
    private final Deadlines deadlines = new Deadlines(store);
    private final CommandScope.State state;
    private final Sessions sessions;
    private final EventRing events;
    private final Attempts attempts;
    private final Consequences consequences;
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
        this.types = new Types(types);
        this.sessions = new Sessions(store, deadlines, limits);
        this.state = new CommandScope.State(store, deadlines, sessions, new Catalogue(store), limits);
        this.events = new EventRing(maxEvents, MAX_EVENT_BYTES);
        this.attempts = new Attempts(state, events);
        this.consequences = new Consequences(state, this.types, attempts);
    }

    /**
     * The feature level of a build that knows these types: no group that it keeps a replica of may go beyond it.
     *
     * @param types the primitives that it knows
     * @return the newest version of any of them
     */
    public static int level(Collection<? extends PrimitiveType> types) {
        return Types.level(types);
    }

    @Override
    public byte[] apply(long index, long now, byte[] bytes) {
        store.lock().lock();
        try {
            Command command;
            try {
                command = Command.decode(bytes);
                types.check(command);
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

    private void advance(long index, long now) {
        revision = index;
        logNanos = Math.max(logNanos, now);
        consequences.expire(moment());
    }

    private Moment moment() {
        return new Moment(revision, logNanos);
    }

    @Override
    public void tick(long index, long now) {
        store.lock().lock();
        try {
            logNanos = Math.max(logNanos, now);
            consequences.expire(moment());
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
        return attempts.attempt(moment(), 0, (scope, answer) -> {
            if (command instanceof Command.Open open) {
                sessions.open(revision, open.ttlNanos(), open.owner(), logNanos);
            } else if (command instanceof Command.KeepAlive alive) {
                Sessions.Known known = sessions.find(alive.session());
                if (known == null) {
                    return Answer.Status.SESSION_GONE;
                }
                sessions.seen(alive.session(), known, logNanos, alive.acked());
            } else if (command instanceof Command.Close close) {
                consequences.end(moment(), close.session());
            } else if (command instanceof Command.Raise raise && raise.level() > Marks.level(store)) {
                Marks.LEVEL.write(store, raise.level());
            }
            return Answer.Status.OK;
        });
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
        // the oldest open one always has room: without it, nothing would ever be acknowledged
        if (seen.isFull() && command.sequence() > seen.acked() + 1) {
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
        return attempts.attempt(moment(), command.session(), (scope, answer) -> {
            PrimitiveType type = types.get(command.type());
            Operation operation = Operation.read(command.operation());
            int level = Marks.level(store);
            if (operation.version() > level) {
                throw new Refusal("the operation needs feature level " + operation.version() + ", the group is at "
                        + level + "; upgrade all members and try again");
            }
            type.apply(scope.resource(type.id(), command.name()), operation, answer);
            if (answer.length() > StateLimits.MAX_ANSWER) {
                throw new Refusal("the answer (" + answer.length() + " bytes) must have at most "
                        + StateLimits.MAX_ANSWER + " bytes; ask for less at a time");
            }
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
            long next = deadlines.next();
            long expiry = next == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, next - logNanos);
            return Poll.of(events, watch, expiry).encode();
        }
        return query instanceof Query.Inspect inspect
                ? new Inspector(state, moment(), inspect).look(types, digest()).encode()
                : digest().encode();
    }

    private Answer ask(Query.Ask ask) {
        PrimitiveType type = types.find(ask.type());
        Operation operation = Operation.read(ask.operation());
        if (type == null || !type.traits().know(operation)) {
            throw new Refusal("this replica's build does not know the question (type " + ask.type() + ", opcode "
                    + operation.opcode() + ", version " + operation.version()
                    + "); upgrade the node or ask another one");
        }
        CommandScope scope = new CommandScope(state, moment(), 0);
        ByteWriter answer = new ByteWriter();
        try {
            type.query(scope.resource(type.id(), ask.name()), operation, answer);
        } catch (Throwable failure) {
            return Answer.refused(revision, Attempts.words(failure));
        }
        return Answer.ok(revision, answer.toBytes());
    }

    /**
     * What the state amounts to. For the thread that applies.
     *
     * @return the digest
     */
    public Digest digest() {
        store.lock().lock();
        try {
            return Digest.of(store);
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
            return Census.of(store, moment());
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
        return types.name(type);
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
            new Renewal(state, types, consequences).run(moment(), jump);
            events.restart(Marks.EVENT.read(store), revision);
        } finally {
            store.lock().unlock();
        }
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
                throw new DamagedException("the snapshot holds revision " + header.revision() + ", not " + index
                        + " as its name says; use an older one or another replica's");
            }
            int level = Marks.level(store);
            if (level > types.level()) {
                throw new NeedsUpgradeException(
                        "the snapshot has feature level " + level + ", this build knows up to " + types.level());
            }
            revision = index;
            logNanos = header.logNanos();
            events.restart(Marks.EVENT.read(store), index);
        } finally {
            store.lock().unlock();
        }
    }
}
