package io.holdfast.consensus.primitive;

import io.holdfast.consensus.state.ByteReader;
import io.holdfast.consensus.state.ByteWriter;
import io.holdfast.core.CodecException;
import io.holdfast.core.cluster.JournalSettings;
import java.time.Duration;

/**
 * What a {@link JournalType} has, as a question is answered.
 *
 * @param oldest the offset of the oldest record that is kept; {@code end} if there is none
 * @param end the offset of the next record
 * @param records how many are kept
 * @param bytes what they cost
 * @param settings what it keeps
 */
public record JournalStatus(long oldest, long end, long records, long bytes, JournalSettings settings) {
    void encode(ByteWriter out) {
        out.varlong(oldest).varlong(end).varlong(records).varlong(bytes);
        encode(settings, out);
    }

    /**
     * Reads an answer.
     *
     * @param payload the payload
     * @return the status
     * @throws CodecException if it is none
     */
    public static JournalStatus decode(byte[] payload) {
        ByteReader in = new ByteReader(payload);
        JournalStatus status = new JournalStatus(in.varlong(), in.varlong(), in.varlong(), in.varlong(), settings(in));
        in.end();
        return status;
    }

    static void encode(JournalSettings settings, ByteWriter out) {
        out.varlong(settings.maxBytes())
                .varlong(settings.maxRecords())
                .varlong(settings.maxAge().toNanos())
                .bool(settings.dropsOldest())
                .bool(settings.compacts())
                .varlong(settings.tombstones().toNanos());
    }

    /** An exception's own words may change with a build, and an answer must not. */
    static JournalSettings settings(ByteReader in) {
        long maxBytes = in.varlong();
        long maxRecords = in.varlong();
        long maxAge = in.varlong();
        boolean dropsOldest = in.bool();
        boolean compacts = in.bool();
        long tombstones = in.varlong();
        try {
            return new JournalSettings(
                    maxBytes,
                    maxRecords,
                    Duration.ofNanos(maxAge),
                    dropsOldest,
                    compacts,
                    Duration.ofNanos(tombstones));
        } catch (IllegalArgumentException e) {
            throw new CodecException("the settings of a journal are out of bounds", e);
        }
    }
}
