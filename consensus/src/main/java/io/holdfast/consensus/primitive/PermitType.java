package io.holdfast.consensus.primitive;

import io.holdfast.consensus.primitive.PermitRows.Claimed;
import io.holdfast.consensus.primitive.PermitRows.Totals;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.Refusal;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateView;
import io.holdfast.consensus.state.StateView.Row;
import io.holdfast.core.CodecException;
import java.util.ArrayList;
import java.util.List;

/**
 * A number of permits and a fair queue for them: locks (one permit), read-write locks (a writer takes all), semaphores and elections are this with different numbers.
 *
 * <p>A session asks with a claim, a number that it uses once. It holds the permits until it releases the claim or ends. Those who wait get theirs strictly in the order in which they
 * came, so a large claim is not starved by small ones. Each grant carries a token that is larger than every one before in the group.
 *
 * <p>How it stands in rows: {@link PermitRows}.
 */
public final class PermitType implements PrimitiveType {
    /** A lock: one permit. */
    public static final PermitType LOCK = new PermitType(4, "lock");

    /** A read-write lock: a reader takes one permit, a writer all. */
    public static final PermitType READ_WRITE_LOCK = new PermitType(5, "read-write-lock");

    /** A semaphore. */
    public static final PermitType SEMAPHORE = new PermitType(6, "semaphore");

    /** An election: one permit, and what a candidate says of itself. */
    public static final PermitType ELECTION = new PermitType(7, "election");

    /** The event of a claim that got its permits, that was given up, or whose time is over; its key is {@link #eventKey}. */
    public static final int EVENT_DECIDED = 1;

    /** The event of an office that has a new holder or none, with an empty key. */
    public static final int EVENT_HOLDERS = 2;

    /** The most permits there can be. */
    public static final int MAX_PERMITS = 1_000_000;

    /** So many may wait for one name. */
    public static final int MAX_WAITING = 10_000;

    /** What a claim may say of its owner, in bytes. */
    public static final int MAX_OWNER = 1024;

    /** The longest time to wait; who waits longer waits without bound. */
    private static final long MAX_WAIT_NANOS = Long.MAX_VALUE / 4;

    private static final int ACQUIRE = 1;
    private static final int RELEASE = 2;
    private static final int CLAIM = 3;
    private static final int DESCRIBE = 4;
    private static final int MAX_LISTED = 100;
    private static final int MAX_OUTLINED = 10;

    private static final byte[] NOTHING = {};

    private final Traits traits;

    private PermitType(int id, String name) {
        this.traits = new Traits(id, name, 1, DESCRIBE);
    }

    /**
     * Asks for permits.
     *
     * @param claim a number that the session uses once
     * @param permits how many
     * @param of how many there are; all who use the name must say the same
     * @param waitNanos how long to wait in the group's time: 0 not at all, {@link Long#MAX_VALUE} until it is released
     * @param owner who asks, for people
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Acquire(long claim, int permits, int of, long waitNanos, byte[] owner) {
        /**
         * The operation; answered by a {@link Status}.
         *
         * @return the operation
         */
        public byte[] encode() {
            return begin(ACQUIRE)
                    .varlong(claim)
                    .varlong(permits)
                    .varlong(of)
                    .varlong(waitNanos)
                    .bytes(owner)
                    .toBytes();
        }

        private static Acquire decode(ByteReader in) {
            Acquire acquire = new Acquire(
                    in.varlong(Long.MAX_VALUE),
                    in.varint(MAX_PERMITS),
                    in.varint(MAX_PERMITS),
                    in.varlong(Long.MAX_VALUE),
                    in.bytes(MAX_OWNER));
            in.end();
            return acquire;
        }
    }

    /**
     * The operation that gives back what a claim of this session holds, or its place in the queue; answered by the {@link Status} before.
     *
     * @param claim the claim
     * @param mayStillCome whether the operation that made the claim may be applied after this one: it is then refused
     * @return the operation
     */
    public static byte[] release(long claim, boolean mayStillCome) {
        return begin(RELEASE).varlong(claim).bool(mayStillCome).toBytes();
    }

    /**
     * The question how a claim stands; answered by a {@link Status}.
     *
     * @param session whose
     * @param claim which
     * @return the question
     */
    public static byte[] claim(long session, long claim) {
        return begin(CLAIM).varlong(session).varlong(claim).toBytes();
    }

    /**
     * The question who holds and who waits; answered by a {@link PermitDescription}.
     *
     * @return the question
     */
    public static byte[] describe() {
        return begin(DESCRIBE).toBytes();
    }

    private static ByteWriter begin(int opcode) {
        return new ByteWriter(48).u8(opcode).u8(1);
    }

    /**
     * Under which key the events of a claim go out.
     *
     * @param session whose
     * @param claim which
     * @return the key
     */
    public static byte[] eventKey(long session, long claim) {
        return new ByteWriter(16).fixed64(session).fixed64(claim).toBytes();
    }

    /** How a claim stands. */
    public enum Stage {
        /** There is no such claim: never made, released, or its time is over. */
        NONE,
        /** It waits. */
        WAITING,
        /** It has its permits. */
        GRANTED
    }

    /**
     * How a claim stands.
     *
     * @param stage in a word
     * @param session whose it is
     * @param token the fencing token if it has its permits, else 0
     */
    public record Status(Stage stage, long session, long token) {
        void encode(ByteWriter out) {
            out.u8(stage.ordinal()).varlong(session).varlong(token);
        }

        /**
         * Reads an answer.
         *
         * @param bytes the payload
         * @return how the claim stands
         * @throws CodecException if it is none
         */
        public static Status decode(byte[] bytes) {
            ByteReader in = new ByteReader(bytes);
            Status status = new Status(Stage.values()[in.varint(2)], in.varlong(), in.varlong());
            in.end();
            return status;
        }
    }

    @Override
    public Traits traits() {
        return traits;
    }

    @Override
    public void apply(StateContext state, Operation operation, ByteWriter answer) {
        ByteReader in = operation.payload();
        switch (operation.opcode()) {
            case ACQUIRE -> acquire(state, Acquire.decode(in)).encode(answer);
            case RELEASE -> {
                long claim = in.varlong();
                boolean mayStillCome = in.bool();
                in.end();
                release(state, claim, mayStillCome).encode(answer);
            }
            default ->
                throw new CodecException(name() + " operation " + operation.opcode() + " changes nothing; ask it");
        }
    }

    private Status acquire(StateContext state, Acquire wanted) {
        Totals known = Totals.read(state);
        Totals totals = known == null ? new Totals(wanted.of, 0, 0) : known;
        check(state, wanted, totals);
        Claimed claimed = new Claimed(state.session(), wanted.claim, wanted.permits, state.logNanos(), wanted.owner);
        boolean free = totals.waiting() == 0 && totals.permits() - totals.taken() >= wanted.permits;
        if (!free && wanted.waitNanos == 0) {
            return new Status(Stage.NONE, state.session(), 0);
        }
        state.holdSession(state.session());
        if (free) {
            return grant(state, claimed, totals.plus(wanted.permits, 0));
        }
        enqueue(state, claimed, wanted.waitNanos);
        totals.plus(0, 1).write(state);
        return new Status(Stage.WAITING, state.session(), 0);
    }

    private void check(StateContext state, Acquire wanted, Totals totals) {
        if (wanted.permits < 1 || wanted.permits > wanted.of) {
            throw new Refusal(wanted.permits + " permits of " + state.name() + " must be between 1 and " + wanted.of
                    + ", all that there are");
        }
        if (wanted.of != totals.permits()) {
            throw new Refusal(name() + " " + state.name() + " has " + totals.permits() + " permits, not " + wanted.of
                    + "; all who use it must name the same number, until nobody holds or waits");
        }
        if (state.get(PermitRows.index(state.session(), wanted.claim)) != null) {
            throw new Refusal("claim " + wanted.claim + " on " + state.name()
                    + " was used or given up before; use another number");
        }
        if (totals.waiting() >= MAX_WAITING) {
            throw new Refusal(name() + " " + state.name() + " has " + MAX_WAITING
                    + " who wait, its limit; try again later, or divide what it guards");
        }
    }

    private static void enqueue(StateContext state, Claimed claimed, long waitNanos) {
        byte[] key = PermitRows.key(PermitRows.WAITER, state.revision());
        state.put(key, claimed.encode());
        state.put(claimed.index(), key);
        if (waitNanos < MAX_WAIT_NANOS) {
            state.setDeadline(key, Math.addExact(state.logNanos(), waitNanos));
        }
    }

    private static Status grant(StateContext state, Claimed claimed, Totals totals) {
        long token = state.nextToken();
        byte[] key = PermitRows.key(PermitRows.GRANT, token);
        state.put(key, claimed.at(state.logNanos()).encode());
        state.put(claimed.index(), key);
        totals.write(state);
        state.emit(EVENT_HOLDERS, NOTHING, NOTHING);
        return new Status(Stage.GRANTED, claimed.session(), token);
    }

    private Status release(StateContext state, long claim, boolean mayStillCome) {
        byte[] index = PermitRows.index(state.session(), claim);
        Status before = status(state, state.session(), claim);
        byte[] key = state.get(index);
        if (key != null && key.length > 0) {
            take(state, key);
            serve(state);
        }
        if (before.stage == Stage.NONE && mayStillCome) {
            state.holdSession(state.session());
            state.put(index, NOTHING);
        }
        return before;
    }

    /** Removes a grant or a waiting claim. */
    private static void take(StateContext state, byte[] key) {
        Claimed claimed = Claimed.decode(PermitRows.row(state, key));
        Totals totals = PermitRows.totals(state);
        boolean granted = key[0] == PermitRows.GRANT;
        state.remove(key);
        state.remove(claimed.index());
        state.clearDeadline(key);
        (granted ? totals.plus(-claimed.permits(), 0) : totals.plus(0, -1)).write(state);
        if (granted) {
            state.emit(EVENT_HOLDERS, NOTHING, NOTHING);
        }
        state.emit(EVENT_DECIDED, eventKey(claimed.session(), claimed.claim()), NOTHING);
        Row next = state.ceiling(PermitRows.index(claimed.session(), 0));
        if (next == null || next.key()[0] != PermitRows.INDEX || PermitRows.number(next.key()) != claimed.session()) {
            state.releaseSession(claimed.session());
        }
    }

    /** Gives free permits to those who wait, in their order, until one wants more than there is. */
    private static void serve(StateContext state) {
        while (true) {
            Row head = state.ceiling(PermitRows.key(PermitRows.WAITER, 0));
            if (head == null || head.key()[0] != PermitRows.WAITER) {
                return;
            }
            Claimed claimed = Claimed.decode(head.value());
            Totals totals = PermitRows.totals(state);
            if (totals.permits() - totals.taken() < claimed.permits()) {
                return;
            }
            state.remove(head.key());
            state.clearDeadline(head.key());
            grant(state, claimed, totals.plus(claimed.permits(), -1));
            state.emit(EVENT_DECIDED, eventKey(claimed.session(), claimed.claim()), NOTHING);
        }
    }

    /** A waiting claim's time is over. */
    @Override
    public void onDeadline(StateContext state, byte[] key) {
        if (state.get(key) != null) {
            take(state, key);
            serve(state);
        }
    }

    @Override
    public void onSessionClosed(StateContext state, long session) {
        List<Row> claims = new ArrayList<>();
        state.scan(PermitRows.index(session, 0), PermitRows.index(session + 1, 0), row -> claims.add(row));
        for (Row claim : claims) {
            if (claim.value().length == 0) {
                state.remove(claim.key());
            } else {
                take(state, claim.value());
            }
        }
        serve(state);
    }

    private static Status status(StateView state, long session, long claim) {
        byte[] key = state.get(PermitRows.index(session, claim));
        if (key == null || key.length == 0) {
            return new Status(Stage.NONE, session, 0);
        }
        return key[0] == PermitRows.GRANT
                ? new Status(Stage.GRANTED, session, PermitRows.number(key))
                : new Status(Stage.WAITING, session, 0);
    }

    @Override
    public void query(StateView state, Operation operation, ByteWriter answer) {
        ByteReader in = operation.payload();
        switch (operation.opcode()) {
            case CLAIM -> {
                long session = in.varlong();
                long claim = in.varlong();
                in.end();
                status(state, session, claim).encode(answer);
            }
            case DESCRIBE -> {
                in.end();
                PermitDescription.of(state, MAX_LISTED).encode(answer);
            }
            default -> throw new CodecException(name() + " operation " + operation.opcode() + " is no question; do it");
        }
    }

    /** A {@link PermitDescription} with the first ten of each. */
    @Override
    public void outline(StateView state, ByteWriter out) {
        PermitDescription.of(state, MAX_OUTLINED).encode(out);
    }
}
