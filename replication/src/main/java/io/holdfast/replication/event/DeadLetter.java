package io.holdfast.replication.event;

import io.holdfast.core.cluster.JournalRules;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;

/**
 * An event that a group could not deal with.
 *
 * @param log the log's name
 * @param group the group
 * @param partition the event's partition
 * @param offset its offset
 * @param key its key
 * @param value its bytes, as they stand in the journal
 * @param error what was said about it last, at most 2,000 characters
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record DeadLetter(String log, String group, int partition, long offset, String key, byte[] value, String error) {
    private static final int LAYOUT = 1;
    private static final int MAX_ERROR = 2_000;
    private static final int MAX_TEXT = 8_192;

    /**
     * Shortens the error.
     *
     * @param log as the component
     * @param group as the component
     * @param partition as the component
     * @param offset as the component
     * @param key as the component
     * @param value as the component
     * @param error as the component
     */
    public DeadLetter {
        error = error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR);
    }

    /**
     * The letter as bytes.
     *
     * @return new bytes
     */
    public byte[] encode() {
        WireWriter out = new WireWriter();
        out.u8(LAYOUT);
        out.text(log);
        out.text(group);
        out.number(partition);
        out.number(offset);
        out.text(key);
        out.bytes(value);
        out.text(error);
        return out.bytes();
    }

    /**
     * Reads a letter.
     *
     * @param bytes what {@link #encode} gave
     * @return the letter
     * @throws io.holdfast.core.ProtocolException if the bytes are none
     */
    public static DeadLetter decode(byte[] bytes) {
        WireReader in = new WireReader("dead letter", bytes);
        in.version("layout", LAYOUT);
        return new DeadLetter(
                in.text("log", MAX_TEXT),
                in.text("group", MAX_TEXT),
                in.number("partition", Partitions.MAX),
                in.number("offset"),
                in.text("key", JournalRules.MAX_KEY_BYTES),
                in.bytes("value", JournalRules.MAX_APPEND_BYTES),
                in.text("error", MAX_TEXT));
    }
}
