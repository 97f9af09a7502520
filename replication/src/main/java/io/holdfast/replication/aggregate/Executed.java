package io.holdfast.replication.aggregate;

import java.util.List;

/**
 * What came of a command.
 *
 * @param after the aggregate after it; if it was repeated, as this node knows it
 * @param events what has happened; nothing if it was repeated, or if nothing had to
 * @param repeated whether the command was done before, and so not again
 * @param <S> the state's type
 * @param <E> the events' type
 */
public record Executed<S, E>(Current<S> after, List<E> events, boolean repeated) {
    /**
     * Copies the list.
     *
     * @param after as the component
     * @param events as the component
     * @param repeated as the component
     */
    public Executed {
        events = List.copyOf(events);
    }
}
