package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateView;
import io.holdfast.core.CodecException;

/** A count that goes down to zero. One row, none at zero. */
public final class LatchType implements PrimitiveType {
    /** What names the type in commands. */
    public static final int ID = 10;

    /** The event of the count that has come to zero. */
    public static final int EVENT_OPEN = 1;

    /** The largest count. */
    public static final int MAX_COUNT = Integer.MAX_VALUE;

    private static final int SET = 1;
    private static final int COUNT_DOWN = 2;
    private static final int GET = 3;
    private static final byte[] ROW = {};

    /**
     * The operation that sets the count if it is zero; answered by whether it was.
     *
     * @param count the count
     * @return the operation
     */
    public static byte[] set(int count) {
        return begin(SET).varlong(count).toBytes();
    }

    /**
     * The operation that takes one off, or nothing from zero; answered by the new count as a varint.
     *
     * @return the operation
     */
    public static byte[] countDown() {
        return begin(COUNT_DOWN).toBytes();
    }

    /**
     * The question for the count; answered by a varint.
     *
     * @return the question
     */
    public static byte[] get() {
        return begin(GET).toBytes();
    }

    private static ByteWriter begin(int opcode) {
        return new ByteWriter(8).u8(opcode).u8(1);
    }

    /** The type; it keeps nothing of its own. */
    public LatchType() {}

    @Override
    public Traits traits() {
        return new Traits(ID, "latch", 1, GET);
    }

    @Override
    public void apply(StateContext state, Operation operation, ByteWriter answer) {
        ByteReader in = operation.payload();
        int count = count(state);
        switch (operation.opcode()) {
            case SET -> {
                int wanted = in.varint(MAX_COUNT);
                in.end();
                if (count == 0) {
                    write(state, wanted);
                }
                answer.bool(count == 0);
            }
            case COUNT_DOWN -> {
                in.end();
                if (count > 0) {
                    write(state, count - 1);
                }
                if (count == 1) {
                    state.emit(EVENT_OPEN, ROW, ROW);
                }
                answer.varlong(Math.max(0, count - 1));
            }
            default -> throw new CodecException("latch operation " + operation.opcode() + " changes nothing; ask it");
        }
    }

    private static int count(StateView state) {
        byte[] row = state.get(ROW);
        return row == null ? 0 : new ByteReader(row).varint(MAX_COUNT);
    }

    private static void write(StateContext state, int count) {
        if (count == 0) {
            state.remove(ROW);
        } else {
            state.put(ROW, new ByteWriter(8).varlong(count).toBytes());
        }
    }

    @Override
    public void query(StateView state, Operation operation, ByteWriter answer) {
        if (operation.opcode() != GET) {
            throw new CodecException("latch operation " + operation.opcode() + " is not a question; do it");
        }
        operation.payload().end();
        answer.varlong(count(state));
    }
}
