package io.holdfast.replication.aggregate;

import java.util.List;

/**
 * What stands in the log of aggregates.
 *
 * @param <S> the aggregates' state
 * @param <E> their events
 */
public sealed interface AggregateRecord<S, E> {
    /**
     * Something has happened.
     *
     * @param event what
     * @param command the id of the command that brought it, or empty
     * @param number which event of its aggregate it is, from 1 on
     * @param <S> the aggregates' state
     * @param <E> their events
     */
    record Happened<S, E>(E event, String command, long number) implements AggregateRecord<S, E> {}

    /**
     * The sum of all events before.
     *
     * @param state the state
     * @param events how many events it sums up
     * @param commands the ids of the last commands, the oldest first
     * @param <S> the aggregates' state
     * @param <E> their events
     */
    record Snapshot<S, E>(S state, long events, List<String> commands) implements AggregateRecord<S, E> {
        /**
         * Copies the list.
         *
         * @param state as the component
         * @param events as the component
         * @param commands as the component
         */
        public Snapshot {
            commands = List.copyOf(commands);
        }
    }
}
