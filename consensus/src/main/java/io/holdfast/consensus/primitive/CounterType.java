package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.Refusal;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateView;
import io.holdfast.core.CodecException;

/** A number between two bounds. One row, none while it is zero: a counter that was never used, or that came back to zero, costs nothing. */
public final class CounterType implements PrimitiveType {
    /** What names the type in commands. */
    public static final int ID = 2;

    private static final int ADD = 1;
    private static final int SET = 2;
    private static final int COMPARE_AND_SET = 3;
    private static final int GET = 4;
    private static final byte[] ROW = {};

    /**
     * The operation that adds; answered by a {@link Change}.
     *
     * @param delta how much
     * @param min the least that may come out
     * @param max the most that may come out
     * @return the operation
     */
    public static byte[] add(long delta, long min, long max) {
        return begin(ADD).signed(delta).signed(min).signed(max).toBytes();
    }

    /**
     * The operation that sets; answered by a {@link Change}.
     *
     * @param value the new value
     * @return the operation
     */
    public static byte[] set(long value) {
        return begin(SET).signed(value).toBytes();
    }

    /**
     * The operation that sets if the value is as expected; answered by a {@link Change}.
     *
     * @param expected what it must be
     * @param value what it becomes
     * @return the operation
     */
    public static byte[] compareAndSet(long expected, long value) {
        return begin(COMPARE_AND_SET).signed(expected).signed(value).toBytes();
    }

    /**
     * The question for the value; answered by a {@link Change} that has changed nothing.
     *
     * @return the question
     */
    public static byte[] get() {
        return begin(GET).toBytes();
    }

    private static ByteWriter begin(int opcode) {
        return new ByteWriter(32).u8(opcode).u8(1);
    }

    /**
     * The answer to each operation.
     *
     * @param done whether the value was set
     * @param before the value before
     * @param after the value after
     */
    public record Change(boolean done, long before, long after) {
        void encode(ByteWriter out) {
            out.bool(done).signed(before).signed(after);
        }

        /**
         * Reads an answer.
         *
         * @param bytes the payload
         * @return the change
         * @throws CodecException if it is none
         */
        public static Change decode(byte[] bytes) {
            ByteReader in = new ByteReader(bytes);
            Change change = new Change(in.bool(), in.signed(), in.signed());
            in.end();
            return change;
        }
    }

    /** The type; it keeps nothing of its own. */
    public CounterType() {}

    @Override
    public Traits traits() {
        return new Traits(ID, "counter", 1, GET);
    }

    @Override
    public void apply(StateContext state, Operation operation, ByteWriter answer) {
        ByteReader in = operation.payload();
        long before = value(state);
        switch (operation.opcode()) {
            case ADD -> {
                long after = sum(state, before, in.signed(), in.signed(), in.signed());
                in.end();
                set(state, before, after).encode(answer);
            }
            case SET -> {
                long after = in.signed();
                in.end();
                set(state, before, after).encode(answer);
            }
            case COMPARE_AND_SET -> {
                long expected = in.signed();
                long after = in.signed();
                in.end();
                (before == expected ? set(state, before, after) : new Change(false, before, before)).encode(answer);
            }
            default -> throw new CodecException("counter operation " + operation.opcode() + " changes nothing; ask it");
        }
    }

    private static long sum(StateView state, long before, long delta, long min, long max) {
        long after = before + delta;
        boolean overflows = ((before ^ after) & (delta ^ after)) < 0;
        if (overflows || after < min || after > max) {
            throw new Refusal("counter " + state.name() + " (" + before + ") plus " + delta + " must stay between "
                    + min + " and " + max + "; add less, or widen the bounds");
        }
        return after;
    }

    private static Change set(StateContext state, long before, long after) {
        if (after == 0) {
            state.remove(ROW);
        } else {
            state.put(ROW, new ByteWriter(10).signed(after).toBytes());
        }
        return new Change(true, before, after);
    }

    private static long value(StateView state) {
        byte[] row = state.get(ROW);
        return row == null ? 0 : new ByteReader(row).signed();
    }

    @Override
    public void query(StateView state, Operation operation, ByteWriter answer) {
        if (operation.opcode() != GET) {
            throw new CodecException("counter operation " + operation.opcode() + " is not a question; do it");
        }
        operation.payload().end();
        long value = value(state);
        new Change(false, value, value).encode(answer);
    }
}
