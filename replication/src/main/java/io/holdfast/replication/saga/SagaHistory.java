package io.holdfast.replication.saga;

import java.util.List;

/**
 * What has happened to a saga.
 *
 * @param id its id
 * @param entries what was written, in order
 */
public record SagaHistory(String id, List<SagaEntry> entries) {
    /**
     * Copies the list.
     *
     * @param id as the component
     * @param entries as the component
     */
    public SagaHistory {
        entries = List.copyOf(entries);
    }

    /**
     * The history as bytes, for a file beside a test.
     *
     * @return what {@link #decode} takes
     */
    public byte[] encode() {
        return SagaEntryCodec.encode(entries);
    }

    /**
     * The history that bytes hold.
     *
     * @param id the saga's id
     * @param bytes what {@link #encode} gave
     * @return the history
     * @throws io.holdfast.core.ProtocolException if they hold none, or one of a newer layout
     */
    public static SagaHistory decode(String id, byte[] bytes) {
        return new SagaHistory(id, SagaEntryCodec.decode(bytes));
    }
}
