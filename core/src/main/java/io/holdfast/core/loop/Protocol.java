package io.holdfast.core.loop;

import io.holdfast.core.Address;

/**
 * A protocol without I/O: no thread, no clock, no socket, no logger. It is told what happened and when, changes its own state, and writes what shall happen into an
 * {@link Outbox}.
 *
 * <p>Not thread-safe: one thread at a time calls it ({@link EventLoop} in production, {@code SimWorld} in a simulation).
 *
 * @param <Q> what this node's own application asks of it
 * @param <M> the messages between nodes
 * @param <T> the timers it sets for itself
 * @param <E> the events it publishes to this node
 */
public interface Protocol<Q, M, T, E> {
    /**
     * Starts: called once, before anything else.
     *
     * @param nowNanos the monotonic clock
     * @param out where effects go
     */
    void onStart(long nowNanos, Outbox<M, T, E> out);

    /**
     * A request of this node's own application.
     *
     * @param request the request
     * @param nowNanos the monotonic clock
     * @param out where effects go
     */
    void onRequest(Q request, long nowNanos, Outbox<M, T, E> out);

    /**
     * A message of another node. It may be lost, late, doubled or out of order.
     *
     * @param from the sender's listening address
     * @param message the message
     * @param nowNanos the monotonic clock
     * @param out where effects go
     */
    void onMessage(Address from, M message, long nowNanos, Outbox<M, T, E> out);

    /**
     * A timer that came due. Timers are not cancelled: a protocol ignores one that has lost its meaning.
     *
     * @param timer the timer as it was set
     * @param nowNanos the monotonic clock, at or after the time it was set for
     * @param out where effects go
     */
    void onTimer(T timer, long nowNanos, Outbox<M, T, E> out);
}
