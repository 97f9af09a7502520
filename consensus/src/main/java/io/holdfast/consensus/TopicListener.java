package io.holdfast.consensus;

import org.jspecify.annotations.Nullable;

/**
 * Receives the messages of a {@link Topic}, one call after the other, on a thread that it may block.
 *
 * @param <T> the messages' type
 */
@FunctionalInterface
public interface TopicListener<T> {
    /**
     * A message. Keep the offset plus one to resume there.
     *
     * @param offset its place, one more than that of the message before
     * @param value the message; null if null was appended
     */
    void onMessage(long offset, @Nullable T value);

    /**
     * Messages were forgotten before this listener came to them: it is slower than the topic's retention allows.
     *
     * @param from the first that is missing
     * @param to the one with which it goes on
     */
    default void onGap(long from, long to) {}
}
