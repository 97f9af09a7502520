package io.holdfast.core.transport;

import io.holdfast.core.HoldfastException;

/**
 * A request that waits for its answer. Exactly one of {@link #reply} and {@link #fail} counts, the first; later ones do nothing. Safe for use by many threads.
 */
public interface Exchange {
    /**
     * The request.
     *
     * @return the message
     */
    Inbound request();

    /**
     * Answers.
     *
     * @param payload the bytes; not copied, so do not change them afterwards
     */
    void reply(byte[] payload);

    /**
     * Refuses. The other side gets an exception of the same kind, message and advice (of Holdfast's own kinds only).
     *
     * @param reason why
     */
    void fail(HoldfastException reason);

    /**
     * Asks to be told when nobody waits for the answer any more: the caller cancelled, the deadline passed or the connection closed.
     *
     * @param task runs once, on the transport's thread; at once if it is so already. It must not block.
     */
    void onCancel(Runnable task);
}
