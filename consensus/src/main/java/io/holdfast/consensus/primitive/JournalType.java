package io.holdfast.consensus.primitive;

import io.holdfast.consensus.primitive.JournalRows.Meta;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.consensus.state.PrimitiveType;
import io.holdfast.consensus.state.StateContext;
import io.holdfast.consensus.state.StateView;
import io.holdfast.consensus.state.StateView.Row;
import io.holdfast.core.CodecException;
import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.cluster.JournalSettings;
import java.util.Arrays;

/** Records in order with keys, fences and the positions of consumers: what {@link io.holdfast.core.cluster.ReplicatedJournal} says. {@link JournalRows} tells how it lies in rows. It came with feature level 2. */
public final class JournalType implements PrimitiveType {
    /** What names the type in commands. */
    public static final int ID = 13;

    /** The feature level that brought the type: a replica of an older build does not know it. */
    public static final int LEVEL = 2;

    /** The event of records that were appended. */
    public static final int EVENT_APPENDED = 1;

    private static final int APPEND = 1;
    private static final int TRIM = 2;
    private static final int CONFIGURE = 3;
    private static final int CLAIM = 4;
    private static final int COMMIT = 5;
    private static final int RELEASE = 6;
    private static final int FORGET = 7;
    private static final int READ = 8;
    private static final int READ_KEY = 9;
    private static final int STATUS = 10;
    private static final int CONSUMERS = 11;

    /** So many old records go in one step: others wait meanwhile. */
    private static final int MAX_AGED = 1000;

    private static ByteWriter begin(int opcode, int expected) {
        return new ByteWriter(expected).u8(opcode).u8(LEVEL);
    }

    /**
     * The operation that appends; answered by a {@link JournalAppend.Result}.
     *
     * @param append what is appended
     * @return the operation
     */
    public static byte[] append(JournalAppend append) {
        ByteWriter out = begin(APPEND, append.size() + 64);
        append.encode(out);
        return out.toBytes();
    }

    /**
     * The operation that forgets; answered by the oldest offset as a varint.
     *
     * @param before the first offset that is kept
     * @return the operation
     */
    public static byte[] trim(long before) {
        return begin(TRIM, 16).varlong(before).toBytes();
    }

    /**
     * The operation that changes what is kept; answered by nothing.
     *
     * @param settings what is kept from now on
     * @return the operation
     */
    public static byte[] configure(JournalSettings settings) {
        ByteWriter out = begin(CONFIGURE, 32);
        JournalStatus.encode(settings, out);
        return out.toBytes();
    }

    /**
     * The operation that takes a consumer over; answered by a {@link JournalConsumer}, or nothing if there are too many.
     *
     * @param consumer its name
     * @param owner who takes it
     * @return the operation
     */
    public static byte[] claim(byte[] consumer, byte[] owner) {
        return begin(CLAIM, 64).bytes(consumer).bytes(owner).toBytes();
    }

    /**
     * The operation that moves a consumer on; answered by a truth value.
     *
     * @param consumer its name
     * @param epoch the epoch of its owner
     * @param next the first offset that it has not dealt with
     * @return the operation
     */
    public static byte[] commit(byte[] consumer, long epoch, long next) {
        return begin(COMMIT, 64).bytes(consumer).varlong(epoch).varlong(next).toBytes();
    }

    /**
     * The operation that lets a consumer go; answered by a truth value.
     *
     * @param consumer its name
     * @param epoch the epoch of its owner
     * @return the operation
     */
    public static byte[] release(byte[] consumer, long epoch) {
        return begin(RELEASE, 64).bytes(consumer).varlong(epoch).toBytes();
    }

    /**
     * The operation that forgets a consumer; answered by a truth value.
     *
     * @param consumer its name
     * @return the operation
     */
    public static byte[] forget(byte[] consumer) {
        return begin(FORGET, 64).bytes(consumer).toBytes();
    }

    /**
     * The question for records; answered by a {@link JournalPage}.
     *
     * @param from the first offset of interest
     * @param maxRecords how many at most
     * @param maxBytes how much they may cost
     * @return the question
     */
    public static byte[] read(long from, int maxRecords, int maxBytes) {
        return begin(READ, 32)
                .varlong(from)
                .varlong(maxRecords)
                .varlong(maxBytes)
                .toBytes();
    }

    /**
     * The question for the records of a key, newest first; answered by a {@link JournalPage}.
     *
     * @param key the key
     * @param before the offset before which to read
     * @param maxRecords how many at most
     * @param maxBytes how much they may cost
     * @return the question
     */
    public static byte[] readKey(byte[] key, long before, int maxRecords, int maxBytes) {
        return begin(READ_KEY, 64)
                .bytes(key)
                .varlong(before)
                .varlong(maxRecords)
                .varlong(maxBytes)
                .toBytes();
    }

    /**
     * The question for what the journal has; answered by a {@link JournalStatus}.
     *
     * @return the question
     */
    public static byte[] status() {
        return begin(STATUS, 2).toBytes();
    }

    /**
     * The question for all consumers; answered as {@link JournalConsumer#decodeAll} reads.
     *
     * @return the question
     */
    public static byte[] consumers() {
        return begin(CONSUMERS, 2).toBytes();
    }

    /** The type; it keeps nothing of its own. */
    public JournalType() {}

    @Override
    public Traits traits() {
        return new Traits(ID, "journal", LEVEL, CONSUMERS);
    }

    private static ByteReader payload(Operation operation) {
        if (operation.version() < LEVEL) {
            throw new CodecException("version " + operation.version() + " of a journal's operation was never in use");
        }
        return operation.payload();
    }

    @Override
    public void apply(StateContext state, Operation operation, ByteWriter answer) {
        ByteReader in = payload(operation);
        switch (operation.opcode()) {
            case APPEND ->
                new JournalAppender(state, JournalAppend.decode(in)).run().encode(answer);
            case TRIM -> {
                long before = in.varlong(Long.MAX_VALUE);
                in.end();
                answer.varlong(trim(state, before));
            }
            case CONFIGURE -> {
                JournalSettings settings = JournalStatus.settings(in);
                in.end();
                configure(state, settings);
            }
            case CLAIM -> JournalConsumers.claim(state, in, answer);
            case COMMIT -> answer.bool(JournalConsumers.commit(state, in));
            case RELEASE -> answer.bool(JournalConsumers.release(state, in));
            case FORGET -> answer.bool(JournalConsumers.forget(state, in));
            default -> throw new CodecException("journal operation " + operation.opcode() + " changes nothing; ask it");
        }
    }

    private static long trim(StateContext state, long before) {
        Meta meta = JournalRows.meta(state);
        Row oldest = JournalRows.oldest(state);
        for (int i = 0; i < JournalRules.MAX_TRIM && oldest != null; i++) {
            long offset = JournalRows.offset(oldest.key());
            if (offset >= before) {
                break;
            }
            meta = JournalRows.remove(state, meta, offset, JournalRecord.decode(oldest.value()));
            oldest = JournalRows.oldest(state);
        }
        JournalRows.put(state, meta);
        return oldest == null ? meta.next() : JournalRows.offset(oldest.key());
    }

    private static void configure(StateContext state, JournalSettings settings) {
        JournalRows.put(state, settings);
        JournalRows.put(state, JournalRows.meta(state));
        state.clearDeadline(JournalRows.META);
        JournalRows.ageLater(state, settings);
    }

    /** Old records, or one tombstone whose time is over. */
    @Override
    public void onDeadline(StateContext state, byte[] key) {
        JournalSettings settings = JournalRows.settings(state);
        Meta meta = JournalRows.meta(state);
        if (key[0] == JournalRows.RECORD) {
            byte[] row = state.get(key);
            if (row != null && settings.compacts()) {
                JournalRows.put(
                        state, JournalRows.remove(state, meta, JournalRows.offset(key), JournalRecord.decode(row)));
            }
            return;
        }
        long bound = state.logNanos() - settings.maxAge().toNanos();
        for (int i = 0; i < MAX_AGED; i++) {
            Row oldest = JournalRows.oldest(state);
            JournalRecord record = oldest == null ? null : JournalRecord.decode(oldest.value());
            if (oldest == null || record == null || record.timeNanos() > bound) {
                break;
            }
            meta = JournalRows.remove(state, meta, JournalRows.offset(oldest.key()), record);
        }
        JournalRows.put(state, meta);
        JournalRows.ageLater(state, settings);
    }

    @Override
    public void onRestored(StateContext state, long jump) {
        JournalRows.jump(state, jump);
    }

    @Override
    public void query(StateView state, Operation operation, ByteWriter answer) {
        ByteReader in = payload(operation);
        switch (operation.opcode()) {
            case READ -> {
                long from = in.varlong(Long.MAX_VALUE);
                JournalPage.Builder page = page(in);
                read(state, from, page).encode(answer);
            }
            case READ_KEY -> {
                byte[] key = in.bytes(JournalRules.MAX_KEY_BYTES);
                long before = in.varlong(Long.MAX_VALUE);
                readKey(state, key, before, page(in)).encode(answer);
            }
            case STATUS -> JournalRows.status(state).encode(answer);
            case CONSUMERS -> JournalConsumers.all(state, answer);
            default ->
                throw new CodecException("journal operation " + operation.opcode() + " is not a question; do it");
        }
    }

    private static JournalPage.Builder page(ByteReader in) {
        int maxRecords = in.varint(JournalRules.MAX_RECORDS);
        int maxBytes = in.varint(JournalRules.MAX_PAGE_BYTES);
        in.end();
        return new JournalPage.Builder(maxRecords, maxBytes);
    }

    private static JournalPage read(StateView state, long from, JournalPage.Builder page) {
        long[] next = {Math.max(from, JournalRows.meta(state).next())};
        state.scan(
                JournalRows.record(from),
                new byte[] {JournalRows.RECORD + 1},
                row -> page.add(JournalRows.offset(row.key()), JournalRecord.decode(row.value())));
        if (!page.rows().isEmpty()) {
            next[0] = page.rows().get(page.rows().size() - 1).offset() + 1;
        }
        return JournalRows.page(state, next[0], page.rows());
    }

    /** Along the chain of the key: whoever reads on gives the last record that he has, which knows the one before it. */
    private static JournalPage readKey(StateView state, byte[] key, long before, JournalPage.Builder page) {
        long offset = JournalRows.number(state, JournalRows.key(JournalRows.LAST, key));
        JournalRecord start = before > offset ? null : JournalRows.find(state, before);
        if (start != null && Arrays.equals(start.key(), key)) {
            offset = start.previous();
        }
        JournalRecord record = JournalRows.find(state, offset);
        while (record != null && offset >= before) {
            offset = record.previous();
            record = JournalRows.find(state, offset);
        }
        long last = 0;
        while (record != null && page.add(offset, record)) {
            last = offset;
            offset = record.previous();
            record = JournalRows.find(state, offset);
        }
        return JournalRows.page(state, record == null ? 0 : last, page.rows());
    }
}
