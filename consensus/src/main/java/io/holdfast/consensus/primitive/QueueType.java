package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.Refusal;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateView;
import io.holdfast.consensus.state.StateView.Row;
import io.holdfast.core.CodecException;
import org.jspecify.annotations.Nullable;

/**
 * A queue of work. An item that was taken is invisible until it is acknowledged or its time is over; then it stands at its old place again, or, after so many deliveries, among the
 * dead letters. An item's id is the revision that put it, so the ids are the order.
 *
 * <p>Rows: {@code 1, id -> ready}, {@code 2, id -> taken}, {@code 3, id -> dead}; each {@code [deliveries][limit of deliveries][receipt][bytes]}. An empty queue has no rows.
 */
public final class QueueType implements PrimitiveType {
    /** What names the type in commands. */
    public static final int ID = 8;

    /** The event of an item that can be taken. */
    public static final int EVENT_READY = 1;

    /** The longest time for which an item may be taken, in nanoseconds: a week. */
    public static final long MAX_VISIBILITY_NANOS = 7 * 86_400_000_000_000L;

    private static final int PUT = 1;
    private static final int TAKE = 2;
    private static final int SETTLE = 3;
    private static final int TAKE_DEAD = 4;
    private static final int COUNT = 5;

    private static final int READY = 1;
    private static final int TAKEN = 2;
    private static final int DEAD = 3;
    private static final byte[] NOTHING = {};

    /** What becomes of an item that was taken. */
    public enum Settlement {
        /** It is done and goes. */
        DONE,
        /** It is not done and stands at its old place again, if it may be delivered once more. */
        AGAIN,
        /** It stays taken for longer. */
        LONGER
    }

    /**
     * The operation that puts an item; answered by its id as a varint.
     *
     * @param value the item
     * @param capacity how many items there may be, those taken and the dead included
     * @param deliveries after how many deliveries it becomes a dead letter
     * @return the operation
     */
    public static byte[] put(byte[] value, long capacity, int deliveries) {
        return begin(PUT, value.length)
                .varlong(capacity)
                .varlong(deliveries)
                .raw(value)
                .toBytes();
    }

    /**
     * The operation that takes the first item; answered by an {@link Item}, or nothing.
     *
     * @param visibilityNanos for how long, in the group's time; 0 removes the item at once
     * @return the operation
     */
    public static byte[] take(long visibilityNanos) {
        return begin(TAKE, 0).varlong(visibilityNanos).toBytes();
    }

    /**
     * The operation that ends a taking; answered by whether it still held.
     *
     * @param id the item
     * @param receipt of which taking
     * @param settlement what becomes of it
     * @param visibilityNanos for {@link Settlement#LONGER}: for how long from now
     * @return the operation
     */
    public static byte[] settle(long id, long receipt, Settlement settlement, long visibilityNanos) {
        return begin(SETTLE, 0)
                .varlong(id)
                .varlong(receipt)
                .u8(settlement.ordinal())
                .varlong(visibilityNanos)
                .toBytes();
    }

    /**
     * The operation that removes the first dead letter; answered by an {@link Item}, or nothing.
     *
     * @return the operation
     */
    public static byte[] takeDead() {
        return begin(TAKE_DEAD, 0).toBytes();
    }

    /**
     * The question how many items there are; answered by {@link Counts}.
     *
     * @return the question
     */
    public static byte[] count() {
        return begin(COUNT, 0).toBytes();
    }

    private static ByteWriter begin(int opcode, int expected) {
        return new ByteWriter(32 + expected).u8(opcode).u8(1);
    }

    /**
     * An item that was taken.
     *
     * @param id its id
     * @param receipt names this taking; larger than every token before in the group
     * @param deliveries how often it was taken, this time included
     * @param value the item
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Item(long id, long receipt, int deliveries, byte[] value) {
        /**
         * Reads an answer.
         *
         * @param bytes the payload
         * @return the item, or null if there was none
         * @throws CodecException if it is none
         */
        public static @Nullable Item decode(byte[] bytes) {
            ByteReader in = new ByteReader(bytes);
            return in.remaining() == 0
                    ? null
                    : new Item(in.varlong(), in.varlong(), in.varint(Integer.MAX_VALUE), in.rest());
        }
    }

    /**
     * How many items there are.
     *
     * @param ready can be taken
     * @param taken are taken and not settled
     * @param dead were taken too often
     */
    public record Counts(long ready, long taken, long dead) {
        /**
         * Reads an answer.
         *
         * @param bytes the payload
         * @return the counts
         * @throws CodecException if they are none
         */
        public static Counts decode(byte[] bytes) {
            ByteReader in = new ByteReader(bytes);
            Counts counts = new Counts(in.varlong(), in.varlong(), in.varlong());
            in.end();
            return counts;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Stored(int deliveries, int limit, long receipt, byte[] value) {
        byte[] encode() {
            return new ByteWriter(value.length + 20)
                    .varlong(deliveries)
                    .varlong(limit)
                    .varlong(receipt)
                    .raw(value)
                    .toBytes();
        }

        static Stored decode(byte[] row) {
            ByteReader in = new ByteReader(row);
            return new Stored(in.varint(Integer.MAX_VALUE), in.varint(Integer.MAX_VALUE), in.varlong(), in.rest());
        }

        void answer(long id, ByteWriter out) {
            out.varlong(id).varlong(receipt).varlong(deliveries).raw(value);
        }
    }

    private static byte[] key(int kind, long id) {
        return new ByteWriter(9).u8(kind).fixed64(id).toBytes();
    }

    private static long id(byte[] key) {
        ByteReader in = new ByteReader(key);
        in.u8();
        return in.fixed64();
    }

    /** The type; it keeps nothing of its own. */
    public QueueType() {}

    @Override
    public Traits traits() {
        return new Traits(ID, "queue", 1, COUNT);
    }

    @Override
    public void apply(StateContext state, Operation operation, ByteWriter answer) {
        ByteReader in = operation.payload();
        switch (operation.opcode()) {
            case PUT -> put(state, in, answer);
            case TAKE -> take(state, visibility(in), answer);
            case SETTLE -> {
                long id = in.varlong();
                long receipt = in.varlong();
                Settlement settlement = Settlement.values()[in.varint(2)];
                long visibility = in.varlong(MAX_VISIBILITY_NANOS);
                in.end();
                answer.bool(settle(state, id, receipt, settlement, visibility));
            }
            case TAKE_DEAD -> {
                in.end();
                Row dead = first(state, DEAD);
                if (dead != null) {
                    state.remove(dead.key());
                    Stored.decode(dead.value()).answer(id(dead.key()), answer);
                }
            }
            default -> throw new CodecException("queue operation " + operation.opcode() + " changes nothing; ask it");
        }
    }

    private static long visibility(ByteReader in) {
        long nanos = in.varlong(MAX_VISIBILITY_NANOS);
        in.end();
        return nanos;
    }

    private static @Nullable Row first(StateView state, int kind) {
        Row row = state.ceiling(key(kind, 0));
        return row == null || row.key()[0] != kind ? null : row;
    }

    private static void put(StateContext state, ByteReader in, ByteWriter answer) {
        long capacity = in.varlong();
        int deliveries = in.varint(Integer.MAX_VALUE);
        if (state.size() >= capacity) {
            throw new Refusal("queue " + state.name() + " has " + state.size()
                    + " items, those taken and dead included, and its capacity is " + capacity
                    + "; take some, clear the dead letters, or raise the capacity");
        }
        state.put(key(READY, state.revision()), new Stored(0, deliveries, 0, in.rest()).encode());
        state.emit(EVENT_READY, NOTHING, NOTHING);
        answer.varlong(state.revision());
    }

    private static void take(StateContext state, long visibility, ByteWriter answer) {
        Row ready = first(state, READY);
        if (ready == null) {
            return;
        }
        long id = id(ready.key());
        Stored old = Stored.decode(ready.value());
        Stored taken = new Stored(old.deliveries + 1, old.limit, state.nextToken(), old.value);
        state.remove(ready.key());
        if (visibility == 0) {
            taken.answer(id, answer);
            return;
        }
        state.put(key(TAKEN, id), taken.encode());
        state.setDeadline(key(TAKEN, id), state.logNanos() + visibility);
        taken.answer(id, answer);
    }

    private static boolean settle(StateContext state, long id, long receipt, Settlement settlement, long visibility) {
        byte[] key = key(TAKEN, id);
        byte[] row = state.get(key);
        if (row == null || Stored.decode(row).receipt != receipt) {
            return false;
        }
        switch (settlement) {
            case DONE -> {
                state.clearDeadline(key);
                state.remove(key);
            }
            case AGAIN -> {
                state.clearDeadline(key);
                giveBack(state, key, row);
            }
            case LONGER -> state.setDeadline(key, state.logNanos() + visibility);
        }
        return true;
    }

    private static void giveBack(StateContext state, byte[] key, byte[] row) {
        Stored stored = Stored.decode(row);
        boolean dead = stored.deliveries >= stored.limit;
        state.remove(key);
        state.put(key(dead ? DEAD : READY, id(key)), row);
        if (!dead) {
            state.emit(EVENT_READY, NOTHING, NOTHING);
        }
    }

    @Override
    public void onDeadline(StateContext state, byte[] key) {
        byte[] row = state.get(key);
        if (row != null) {
            giveBack(state, key, row);
        }
    }

    @Override
    public void query(StateView state, Operation operation, ByteWriter answer) {
        if (operation.opcode() != COUNT) {
            throw new CodecException("queue operation " + operation.opcode() + " is not a question; do it");
        }
        operation.payload().end();
        long taken = count(state, TAKEN);
        long dead = count(state, DEAD);
        answer.varlong(state.size() - taken - dead).varlong(taken).varlong(dead);
    }

    private static long count(StateView state, int kind) {
        long[] count = {0};
        state.scan(key(kind, 0), key(kind + 1, 0), row -> ++count[0] > 0);
        return count[0];
    }
}
