package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.core.cluster.JournalRules;

/**
 * A record of a {@link JournalType}, as it stands in a row and in a page.
 *
 * @param timeNanos when it was appended, by the group's time
 * @param previous the offset of the record of the same key before it, or 0; that may be forgotten by now
 * @param key UTF-8, or empty
 * @param value the value
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record JournalRecord(long timeNanos, long previous, byte[] key, byte[] value) {
    int cost() {
        return key.length + value.length + JournalRules.RECORD_BYTES;
    }

    boolean isTombstone() {
        return key.length > 0 && value.length == 0;
    }

    byte[] encode() {
        return new ByteWriter(key.length + value.length + 24)
                .signed(timeNanos)
                .varlong(previous)
                .bytes(key)
                .raw(value)
                .toBytes();
    }

    static JournalRecord decode(byte[] row) {
        ByteReader in = new ByteReader(row);
        return new JournalRecord(in.signed(), in.varlong(), in.bytes(JournalRules.MAX_KEY_BYTES), in.rest());
    }
}
