package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.core.cluster.JournalRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A consumer of a {@link JournalType}, as it stands in a row and in answers.
 *
 * @param epoch of its owner
 * @param next the first offset that it has not dealt with; 0 before the first commit
 * @param owner who works for it, UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record JournalConsumer(long epoch, long next, byte[] owner) {
    /**
     * A consumer and its name.
     *
     * @param name its name, UTF-8
     * @param consumer how far it is
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Named(byte[] name, JournalConsumer consumer) {}

    byte[] encode() {
        return new ByteWriter(owner.length + 20)
                .varlong(epoch)
                .varlong(next)
                .raw(owner)
                .toBytes();
    }

    /**
     * Reads a row, or the answer to a claim that succeeded.
     *
     * @param bytes the bytes
     * @return the consumer
     * @throws io.holdfast.core.CodecException if they are none
     */
    public static JournalConsumer decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        return new JournalConsumer(in.varlong(), in.varlong(), in.rest());
    }

    /**
     * Reads the answer to the question for all.
     *
     * @param payload the payload
     * @return by their names
     * @throws io.holdfast.core.CodecException if it is none
     */
    public static List<Named> decodeAll(byte[] payload) {
        ByteReader in = new ByteReader(payload);
        List<Named> all = new ArrayList<>();
        for (int left = in.varint(JournalRules.MAX_CONSUMERS); left > 0; left--) {
            byte[] name = in.bytes(JournalRules.MAX_NAME_BYTES);
            all.add(new Named(name, decode(in.bytes(2 * JournalRules.MAX_NAME_BYTES))));
        }
        in.end();
        return all;
    }

    /**
     * Who works for it.
     *
     * @return as text
     */
    public String ownerName() {
        return new String(owner, StandardCharsets.UTF_8);
    }
}
