package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.consensus.state.StateView;
import io.holdfast.consensus.state.StateView.Row;
import io.holdfast.core.CodecException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages in order, each with an offset, the oldest of which are forgotten. Rows: {@code 1 -> the next offset}, for ever; {@code 2, offset -> bytes}.
 */
public final class TopicType implements PrimitiveType {
    /** What names the type in commands. */
    public static final int ID = 12;

    /** The event of a message that was appended. */
    public static final int EVENT_APPENDED = 1;

    /** The most messages of a page. */
    public static final int MAX_PAGE = 1000;

    private static final int MAX_PAGE_BYTES = 256 << 10;
    private static final int MAX_TRIM = 1000;

    private static final int APPEND = 1;
    private static final int READ = 2;
    private static final byte[] NEXT = {1};
    private static final byte[] NOTHING = {};

    /**
     * The operation that appends; answered by the offset as a varint.
     *
     * @param value the message
     * @param retained how many messages are kept at most
     * @return the operation
     */
    public static byte[] append(byte[] value, int retained) {
        return new ByteWriter(value.length + 16)
                .u8(APPEND)
                .u8(1)
                .varlong(retained)
                .raw(value)
                .toBytes();
    }

    /**
     * The question for messages; answered by a {@link Page}.
     *
     * @param from the first offset of interest
     * @param limit how many at most
     * @return the question
     */
    public static byte[] read(long from, int limit) {
        return new ByteWriter(16).u8(READ).u8(1).varlong(from).varlong(limit).toBytes();
    }

    /**
     * Messages that follow one another.
     *
     * @param oldest the oldest offset that is kept
     * @param end the offset that the next message will get
     * @param first the offset of the first message here
     * @param values the messages
     */
    public record Page(long oldest, long end, long first, List<byte[]> values) {
        /**
         * Copies the list.
         *
         * @param oldest as the component
         * @param end as the component
         * @param first as the component
         * @param values as the component
         */
        public Page {
            values = List.copyOf(values);
        }

        void encode(ByteWriter out) {
            out.varlong(oldest).varlong(end).varlong(first).varlong(values.size());
            values.forEach(out::bytes);
        }

        /**
         * Reads an answer.
         *
         * @param bytes the payload
         * @return the page
         * @throws CodecException if it is none
         */
        public static Page decode(byte[] bytes) {
            ByteReader in = new ByteReader(bytes);
            long oldest = in.varlong();
            long end = in.varlong();
            long first = in.varlong();
            List<byte[]> values = new ArrayList<>();
            for (int left = in.varint(MAX_PAGE); left > 0; left--) {
                values.add(in.bytes(StateLimits.MAX_ANSWER));
            }
            in.end();
            return new Page(oldest, end, first, values);
        }
    }

    private static byte[] key(long offset) {
        return new ByteWriter(9).u8(2).fixed64(offset).toBytes();
    }

    private static long offset(byte[] key) {
        ByteReader in = new ByteReader(key);
        in.u8();
        return in.fixed64();
    }

    /** The type; it keeps nothing of its own. */
    public TopicType() {}

    @Override
    public Traits traits() {
        return new Traits(ID, "topic", 1, READ);
    }

    @Override
    public void apply(StateContext state, Operation operation, ByteWriter answer) {
        if (operation.opcode() != APPEND) {
            throw new CodecException("topic operation " + operation.opcode() + " changes nothing; ask it");
        }
        int retained = operation.payload().varint(Integer.MAX_VALUE);
        long offset = next(state);
        makeRoom(state, Math.max(1, retained));
        state.put(NEXT, new ByteWriter(10).varlong(offset + 1).toBytes());
        state.put(key(offset), operation.payload().rest());
        state.emit(EVENT_APPENDED, NOTHING, NOTHING);
        answer.varlong(offset);
    }

    /**
     * Before the message is put: a topic that has as many bytes as it may can go on, if fewer messages are retained. It takes some appends until all the others are gone.
     */
    private static void makeRoom(StateContext state, int retained) {
        for (int i = 0; i < MAX_TRIM && state.size() > retained; i++) {
            Row oldest = oldest(state);
            if (oldest != null) {
                state.remove(oldest.key());
            }
        }
    }

    /** All offsets move on: a reader that comes with one of the lost messages' is told of a gap, and misses none of the new ones. */
    @Override
    public void onRestored(StateContext state, long jump) {
        List<Row> kept = new ArrayList<>();
        state.scan(key(0), null, kept::add);
        kept.forEach(row -> state.remove(row.key()));
        state.put(
                NEXT,
                new ByteWriter(10).varlong(Math.addExact(next(state), jump)).toBytes());
        kept.forEach(row -> state.put(key(offset(row.key()) + jump), row.value()));
    }

    private static @Nullable Row oldest(StateView state) {
        return state.ceiling(key(0));
    }

    private static long next(StateView state) {
        byte[] row = state.get(NEXT);
        return row == null ? 0 : new ByteReader(row).varlong();
    }

    @Override
    public void query(StateView state, Operation operation, ByteWriter answer) {
        if (operation.opcode() != READ) {
            throw new CodecException("topic operation " + operation.opcode() + " is not a question; do it");
        }
        long from = operation.payload().varlong(Long.MAX_VALUE);
        int limit = operation.payload().varint(MAX_PAGE);
        operation.payload().end();
        long end = next(state);
        Row oldest = oldest(state);
        long first = oldest == null ? end : offset(oldest.key());
        List<byte[]> values = new ArrayList<>();
        int[] bytes = {0};
        long start = Math.min(Math.max(from, first), end);
        state.scan(key(start), null, row -> {
            boolean fits =
                    values.size() < limit && (values.isEmpty() || bytes[0] + row.value().length <= MAX_PAGE_BYTES);
            if (fits) {
                values.add(row.value());
                bytes[0] += row.value().length;
            }
            return fits;
        });
        new Page(first, end, start, values).encode(answer);
    }
}
