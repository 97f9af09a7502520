package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.Refusal;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateView;
import io.holdfast.core.CodecException;

/** Numbers that are given once. One row, for ever: the next number. There is no operation that lowers it. */
public final class IdType implements PrimitiveType {
    /** What names the type in commands. */
    public static final int ID = 9;

    /** The largest block. */
    public static final int MAX_BLOCK = 1_000_000;

    private static final int RESERVE = 1;
    private static final int NEXT = 2;
    private static final byte[] ROW = {};

    /**
     * The operation that takes a block; answered by its first number as a varint.
     *
     * @param count how many
     * @return the operation
     */
    public static byte[] reserve(int count) {
        return begin(RESERVE).varlong(count).toBytes();
    }

    /**
     * The question for the first number that was not given; answered by a varint.
     *
     * @return the question
     */
    public static byte[] next() {
        return begin(NEXT).toBytes();
    }

    private static ByteWriter begin(int opcode) {
        return new ByteWriter(8).u8(opcode).u8(1);
    }

    /** The type; it keeps nothing of its own. */
    public IdType() {}

    @Override
    public Traits traits() {
        return new Traits(ID, "ids", 1, NEXT);
    }

    @Override
    public void apply(StateContext state, Operation operation, ByteWriter answer) {
        if (operation.opcode() != RESERVE) {
            throw new CodecException("ids operation " + operation.opcode() + " changes nothing; ask it");
        }
        int count = operation.payload().varint(MAX_BLOCK);
        operation.payload().end();
        long first = next(state);
        if (count < 1 || first > Long.MAX_VALUE - count) {
            throw new Refusal("a block of " + count + " numbers from " + first + " on of " + state.name()
                    + " must have at least one and end below 2^63; use another name");
        }
        state.put(ROW, new ByteWriter(10).varlong(first + count).toBytes());
        answer.varlong(first);
    }

    private static long next(StateView state) {
        byte[] row = state.get(ROW);
        return row == null ? 1 : new ByteReader(row).varlong();
    }

    @Override
    public void onRestored(StateContext state, long jump) {
        long next = next(state);
        long later = next > Long.MAX_VALUE - jump ? Long.MAX_VALUE : next + jump;
        state.put(ROW, new ByteWriter(10).varlong(later).toBytes());
    }

    @Override
    public void query(StateView state, Operation operation, ByteWriter answer) {
        if (operation.opcode() != NEXT) {
            throw new CodecException("ids operation " + operation.opcode() + " is not a question; do it");
        }
        operation.payload().end();
        answer.varlong(next(state));
    }
}
