package io.holdfast.core.loop;

import io.holdfast.core.Address;
import java.util.ArrayList;
import java.util.List;

/**
 * The effects of one turn of a {@link Protocol}. The shell carries them out in one order: persist, send, schedule, publish. If persisting fails nothing of the turn is sent.
 *
 * <p>Not thread-safe: it belongs to the turn.
 *
 * @param <M> the messages between nodes
 * @param <T> the timers
 * @param <E> the events published on this node
 */
public final class Outbox<M, T, E> {
    /**
     * A durable cell to write before anything is sent.
     *
     * @param cell the name of the cell
     * @param value its new value
     */
    @SuppressWarnings("ArrayRecordComponent") // handed from the protocol to the shell once, never compared
    public record Write(String cell, byte[] value) {}

    /**
     * A message to send.
     *
     * @param to the receiver's listening address
     * @param message the message
     * @param <M> the messages between nodes
     */
    public record Send<M>(Address to, M message) {}

    /**
     * A timer to set.
     *
     * @param deadlineNanos when, on the monotonic clock
     * @param timer what is handed back
     * @param <T> the timers
     */
    public record Wake<T>(long deadlineNanos, T timer) {}

    private final List<Write> writes = new ArrayList<>();
    private final List<Send<M>> sends = new ArrayList<>();
    private final List<Wake<T>> wakes = new ArrayList<>();
    private final List<E> events = new ArrayList<>();

    /** Makes an empty outbox. */
    public Outbox() {}

    /**
     * Replaces a durable cell, before anything of this turn is sent.
     *
     * @param cell the cell's name
     * @param value its new value
     */
    public void persist(String cell, byte[] value) {
        writes.add(new Write(cell, value));
    }

    /**
     * Sends a message; delivery is not promised.
     *
     * @param to the receiver's listening address
     * @param message the message
     */
    public void send(Address to, M message) {
        sends.add(new Send<>(to, message));
    }

    /**
     * Asks to be woken.
     *
     * @param deadlineNanos when, on the monotonic clock
     * @param timer what is handed back
     */
    public void wakeAt(long deadlineNanos, T timer) {
        wakes.add(new Wake<>(deadlineNanos, timer));
    }

    /**
     * Tells this node what happened.
     *
     * @param event the event
     */
    public void publish(E event) {
        events.add(event);
    }

    /**
     * What is to be persisted.
     *
     * @return the writes in order
     */
    public List<Write> writes() {
        return writes;
    }

    /**
     * What is to be sent.
     *
     * @return the messages in order
     */
    public List<Send<M>> sends() {
        return sends;
    }

    /**
     * The timers to set.
     *
     * @return the timers in order
     */
    public List<Wake<T>> wakes() {
        return wakes;
    }

    /**
     * What is published.
     *
     * @return the events in order
     */
    public List<E> events() {
        return events;
    }

    /** Empties the outbox for the next turn. */
    public void clear() {
        writes.clear();
        sends.clear();
        wakes.clear();
        events.clear();
    }
}
