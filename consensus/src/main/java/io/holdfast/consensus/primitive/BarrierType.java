package io.holdfast.consensus.primitive;

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
 * A place where so many parties wait for one another, again and again. A row a party that waits, {@code 1, session, claim}, and {@code 0 -> parties}; none while nobody waits. A party
 * whose session ends waits no more.
 */
public final class BarrierType implements PrimitiveType {
    /** What names the type in commands. */
    public static final int ID = 11;

    /** The event of parties that may pass. */
    public static final int EVENT_PASSED = 1;

    /** The event of parties whose session has ended. */
    public static final int EVENT_GONE = 2;

    /** The most parties. */
    public static final int MAX_PARTIES = 10_000;

    private static final int ENTER = 1;
    private static final int LEAVE = 2;
    private static final int STAGE = 3;
    private static final int WAITING = 4;
    private static final byte[] PARTIES = {0};
    private static final byte[] NOTHING = {};

    /** How a party stands. */
    public enum Stage {
        /** It waits. */
        WAITING,
        /** All were there, or it has left. */
        PASSED,
        /** Its session has ended; whether it passed before cannot be told. */
        GONE
    }

    /**
     * The operation of a party that comes; answered by {@code [stage u8][session varlong]}.
     *
     * @param claim a number that the session uses once
     * @param parties how many must be there; all must say the same
     * @return the operation
     */
    public static byte[] enter(long claim, int parties) {
        return begin(ENTER).varlong(claim).varlong(parties).toBytes();
    }

    /**
     * The operation of a party that waits no longer; answered by whether it waited.
     *
     * @param claim its claim
     * @return the operation
     */
    public static byte[] leave(long claim) {
        return begin(LEAVE).varlong(claim).toBytes();
    }

    /**
     * The question how a party stands; answered by {@code [stage u8][session varlong]}.
     *
     * @param session whose
     * @param claim which
     * @return the question
     */
    public static byte[] stage(long session, long claim) {
        return begin(STAGE).varlong(session).varlong(claim).toBytes();
    }

    /**
     * The question how many wait; answered by a varint.
     *
     * @return the question
     */
    public static byte[] waiting() {
        return begin(WAITING).toBytes();
    }

    private static ByteWriter begin(int opcode) {
        return new ByteWriter(24).u8(opcode).u8(1);
    }

    private static byte[] key(long session, long claim) {
        return new ByteWriter(17).u8(1).fixed64(session).fixed64(claim).toBytes();
    }

    /** The type; it keeps nothing of its own. */
    public BarrierType() {}

    @Override
    public Traits traits() {
        return new Traits(ID, "barrier", 1, WAITING);
    }

    @Override
    public void apply(StateContext state, Operation operation, ByteWriter answer) {
        ByteReader in = operation.payload();
        long claim = in.varlong();
        switch (operation.opcode()) {
            case ENTER -> {
                int parties = in.varint(MAX_PARTIES);
                in.end();
                answer.u8(enter(state, claim, parties).ordinal()).varlong(state.session());
            }
            case LEAVE -> {
                in.end();
                answer.bool(leave(state, List.of(key(state.session(), claim))));
            }
            default -> throw new CodecException("barrier operation " + operation.opcode() + " changes nothing; ask it");
        }
    }

    private static Stage enter(StateContext state, long claim, int parties) {
        byte[] known = state.get(PARTIES);
        int agreed = known == null ? parties : new ByteReader(known).varint(MAX_PARTIES);
        if (parties < 1 || parties != agreed) {
            throw new Refusal("barrier " + state.name() + " waits for " + agreed + " parties, not " + parties
                    + "; all must name the same number of at least 1, until nobody waits");
        }
        int waiting = Math.max(0, state.size() - 1);
        if (waiting + 1 >= parties) {
            leave(state, keys(state, new byte[] {1}, new byte[] {2}));
            state.emit(EVENT_PASSED, NOTHING, NOTHING);
            return Stage.PASSED;
        }
        state.put(PARTIES, new ByteWriter(4).varlong(parties).toBytes());
        state.put(key(state.session(), claim), NOTHING);
        state.holdSession(state.session());
        return Stage.WAITING;
    }

    private static List<byte[]> keys(StateView state, byte[] from, byte[] to) {
        List<byte[]> keys = new ArrayList<>();
        state.scan(from, to, row -> keys.add(row.key()));
        return keys;
    }

    /** Whether one of them was there. */
    private static boolean leave(StateContext state, List<byte[]> parties) {
        boolean any = false;
        for (byte[] party : parties) {
            if (state.remove(party)) {
                any = true;
                ByteReader key = new ByteReader(party);
                key.u8();
                long session = key.fixed64();
                Row next = state.ceiling(key(session, 0));
                if (next == null || !isOf(session, next)) {
                    state.releaseSession(session);
                }
            }
        }
        if (state.size() == 1) {
            state.remove(PARTIES);
        }
        return any;
    }

    private static boolean isOf(long session, Row row) {
        ByteReader key = new ByteReader(row.key());
        return key.u8() == 1 && key.fixed64() == session;
    }

    @Override
    public void onSessionClosed(StateContext state, long session) {
        if (leave(state, keys(state, key(session, 0), key(session + 1, 0)))) {
            state.emit(EVENT_GONE, NOTHING, NOTHING);
        }
    }

    @Override
    public void query(StateView state, Operation operation, ByteWriter answer) {
        ByteReader in = operation.payload();
        switch (operation.opcode()) {
            case STAGE -> {
                long session = in.varlong();
                long claim = in.varlong();
                in.end();
                answer.u8(stage(state, session, claim).ordinal()).varlong(session);
            }
            case WAITING -> answer.varlong(Math.max(0, state.size() - 1));
            default ->
                throw new CodecException("barrier operation " + operation.opcode() + " is not a question; do it");
        }
    }

    private static Stage stage(StateView state, long session, long claim) {
        if (state.get(key(session, claim)) != null) {
            return Stage.WAITING;
        }
        return state.isAlive(session) ? Stage.PASSED : Stage.GONE;
    }
}
