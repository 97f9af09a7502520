package io.holdfast.replication.aggregate;

import io.holdfast.replication.aggregate.AggregateRecord.Happened;
import io.holdfast.replication.aggregate.AggregateRecord.Snapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * The sum of an aggregate's records. Immutable.
 *
 * @param state the state
 * @param last the offset of the last record, or 0
 * @param events how many events are summed up
 * @param sinceSnapshot how many of them stand behind the last snapshot
 * @param begins the offset of the record with which the sum begins: the last snapshot, the last tombstone, or 0
 * @param commands the ids of the last commands, the oldest first
 */
record Sum<S>(S state, long last, long events, int sinceSnapshot, long begins, List<String> commands) {
    static <S> Sum<S> of(S initial) {
        return new Sum<>(initial, 0, 0, 0, 0, List.of());
    }

    /** Erased, and nothing has happened since. */
    static <S> Sum<S> erased(S initial, long offset) {
        return new Sum<>(initial, offset, 0, 0, offset, List.of());
    }

    static <S, E> Sum<S> of(Snapshot<S, E> snapshot, long offset) {
        return new Sum<>(snapshot.state(), offset, snapshot.events(), 0, offset, snapshot.commands());
    }

    <C, E> Sum<S> plus(Aggregate<S, C, E> aggregate, Happened<S, E> happened, long offset, int window) {
        return new Sum<>(
                aggregate.evolve(state, happened.event()),
                offset,
                events + 1,
                sinceSnapshot + 1,
                begins,
                remembered(happened.command(), window));
    }

    /** The events of a command follow one another: it is remembered once. */
    private List<String> remembered(String command, int window) {
        boolean known = !commands.isEmpty() && commands.get(commands.size() - 1).equals(command);
        if (command.isEmpty() || known || window == 0) {
            return commands;
        }
        List<String> next = new ArrayList<>(commands);
        next.add(command);
        return next.size() > window ? List.copyOf(next.subList(next.size() - window, next.size())) : List.copyOf(next);
    }

    /** Its last record is a snapshot now. */
    Sum<S> snapshotAt(long offset) {
        return new Sum<>(state, offset, events, 0, offset, commands);
    }

    /** Its last record has this offset. */
    Sum<S> at(long offset) {
        return new Sum<>(state, offset, events, sinceSnapshot, begins, commands);
    }

    <E> Snapshot<S, E> snapshot() {
        return new Snapshot<>(state, events, commands);
    }

    boolean knows(String command) {
        return !command.isEmpty() && commands.contains(command);
    }

    Current<S> current() {
        return new Current<>(state, last, events);
    }
}
