package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.core.CodecException;
import io.holdfast.core.cluster.JournalRules;
import java.util.ArrayList;
import java.util.List;

/**
 * What is appended to a {@link JournalType}, and what must hold for it.
 *
 * @param conditions what must hold
 * @param entries what is appended
 */
public record JournalAppend(List<Condition> conditions, List<Entry> entries) {
    /**
     * What must hold.
     *
     * @param kind {@link #FENCE} or {@link #LAST_OF_KEY}
     * @param name the fence's name, or the key
     * @param number the epoch, or the offset
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Condition(int kind, byte[] name, long number) {
        /** No larger epoch than this was seen under the name. */
        public static final int FENCE = 1;

        /** The newest record of the key has this offset, 0 for none. */
        public static final int LAST_OF_KEY = 2;
    }

    /**
     * What becomes a record.
     *
     * @param key UTF-8, or empty
     * @param value the value
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Entry(byte[] key, byte[] value) {
        int cost() {
            return key.length + value.length + JournalRules.RECORD_BYTES;
        }
    }

    /**
     * What came of it.
     *
     * @param outcome 0 if it was appended, 1 if a fence stands higher, 2 if a key has another last record, 3 if there is no room
     * @param first the offset of the first record, or 0
     * @param found what stands in the way
     */
    public record Result(int outcome, long first, long found) {
        static final int FENCED = 1;
        static final int CONFLICT = 2;
        static final int FULL = 3;

        void encode(ByteWriter out) {
            out.u8(outcome).varlong(first).varlong(found);
        }

        /**
         * Reads an answer.
         *
         * @param payload the payload
         * @return the result
         * @throws CodecException if it is none
         */
        public static Result decode(byte[] payload) {
            ByteReader in = new ByteReader(payload);
            Result result = new Result(in.varint(FULL), in.varlong(), in.varlong());
            in.end();
            return result;
        }
    }

    /**
     * Copies the lists.
     *
     * @param conditions as the component
     * @param entries as the component
     */
    public JournalAppend {
        conditions = List.copyOf(conditions);
        entries = List.copyOf(entries);
    }

    int size() {
        return entries.stream().mapToInt(Entry::cost).sum();
    }

    void encode(ByteWriter out) {
        out.varlong(conditions.size());
        conditions.forEach(each -> out.u8(each.kind).bytes(each.name).varlong(each.number));
        out.varlong(entries.size());
        entries.forEach(each -> out.bytes(each.key).bytes(each.value));
    }

    static JournalAppend decode(ByteReader in) {
        List<Condition> conditions = new ArrayList<>();
        for (int left = in.varint(JournalRules.MAX_CONDITIONS); left > 0; left--) {
            int kind = in.u8();
            if (kind != Condition.FENCE && kind != Condition.LAST_OF_KEY) {
                throw new CodecException("an append's condition (" + kind + ") must be 1 or 2");
            }
            conditions.add(new Condition(kind, in.bytes(JournalRules.MAX_KEY_BYTES), in.varlong(Long.MAX_VALUE)));
        }
        List<Entry> entries = new ArrayList<>();
        for (int left = in.varint(JournalRules.MAX_RECORDS); left > 0; left--) {
            entries.add(new Entry(in.bytes(JournalRules.MAX_KEY_BYTES), in.bytes(JournalRules.MAX_APPEND_BYTES)));
        }
        in.end();
        return new JournalAppend(conditions, entries);
    }
}
