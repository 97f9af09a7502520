package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.consensus.state.StateView;
import io.holdfast.core.CodecException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A value or nothing; values are equal if their bytes are. One row, none while there is no value. */
public final class RefType implements PrimitiveType {
    /** What names the type in commands. */
    public static final int ID = 3;

    private static final int SET = 1;
    private static final int COMPARE_AND_SET = 2;
    private static final int GET = 3;
    private static final byte[] ROW = {};

    /**
     * The operation that sets; answered by a {@link Change} with the value before.
     *
     * @param value the new value, or null for none
     * @return the operation
     */
    public static byte[] set(byte @Nullable [] value) {
        return write(begin(SET), value).toBytes();
    }

    /**
     * The operation that sets if the value is as expected; answered by a {@link Change} with the value before.
     *
     * @param expected what it must be, or null for none
     * @param value what it becomes, or null for none
     * @return the operation
     */
    public static byte[] compareAndSet(byte @Nullable [] expected, byte @Nullable [] value) {
        return write(write(begin(COMPARE_AND_SET), expected), value).toBytes();
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
        return new ByteWriter(64).u8(opcode).u8(1);
    }

    private static ByteWriter write(ByteWriter out, byte @Nullable [] value) {
        return value == null ? out.bool(false) : out.bool(true).bytes(value);
    }

    private static byte @Nullable [] read(ByteReader in) {
        return in.bool() ? in.bytes(StateLimits.MAX_ANSWER - 16) : null;
    }

    /**
     * The answer to each operation.
     *
     * @param done whether the value was set
     * @param before the value before, or null for none
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Change(boolean done, byte @Nullable [] before) {
        void encode(ByteWriter out) {
            write(out.bool(done), before);
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
            Change change = new Change(in.bool(), read(in));
            in.end();
            return change;
        }
    }

    /** The type; it keeps nothing of its own. */
    public RefType() {}

    @Override
    public Traits traits() {
        return new Traits(ID, "ref", 1, GET);
    }

    @Override
    public void apply(StateContext state, Operation operation, ByteWriter answer) {
        ByteReader in = operation.payload();
        byte[] before = state.get(ROW);
        boolean holds = switch (operation.opcode()) {
            case SET -> true;
            case COMPARE_AND_SET -> Arrays.equals(read(in), before);
            default -> throw new CodecException("ref operation " + operation.opcode() + " changes nothing; ask it");
        };
        byte[] after = read(in);
        in.end();
        if (holds) {
            write(state, after);
        }
        new Change(holds, before).encode(answer);
    }

    private static void write(StateContext state, byte @Nullable [] value) {
        if (value == null) {
            state.remove(ROW);
        } else {
            state.put(ROW, value);
        }
    }

    @Override
    public void query(StateView state, Operation operation, ByteWriter answer) {
        if (operation.opcode() != GET) {
            throw new CodecException("ref operation " + operation.opcode() + " is not a question; do it");
        }
        operation.payload().end();
        new Change(false, state.get(ROW)).encode(answer);
    }
}
