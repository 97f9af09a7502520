package io.holdfast.sharding.entity;

import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is stored of an entity: {@code [layout u8][has state u8][version][state]? [window] [reminders]}. Immutable.
 *
 * @param state its state
 * @param window the calls that it has done
 * @param reminders when each is due, in milliseconds of the time of day
 */
record EntityRow(Optional<EntityScope.Stored> state, AnswerWindow window, SortedMap<String, Long> reminders) {
    static final int MAX_STATE = 256 << 10;
    static final int MAX_REMINDERS = 64;
    static final int MAX_NAME = 64;

    static final EntityRow EMPTY = new EntityRow(Optional.empty(), AnswerWindow.EMPTY, new TreeMap<>());

    private static final int LAYOUT = 1;
    private static final int MAX_NAME_BYTES = 3 * MAX_NAME;

    EntityRow {
        reminders = reminders.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(reminders));
    }

    byte[] encode() {
        WireWriter out = new WireWriter();
        out.u8(LAYOUT);
        out.u8(state.isPresent() ? 1 : 0);
        state.ifPresent(stored -> {
            out.number(stored.version());
            out.bytes(stored.bytes());
        });
        window.encode(out);
        out.number(reminders.size());
        reminders.forEach((name, due) -> {
            out.text(name);
            out.number(due);
        });
        return out.bytes();
    }

    static EntityRow decode(String key, byte[] bytes) {
        WireReader in = new WireReader("row " + key, bytes);
        in.version("row of an entity", LAYOUT);
        Optional<EntityScope.Stored> state = in.flag("has state")
                ? Optional.of(new EntityScope.Stored(
                        in.number("version of the state", Integer.MAX_VALUE), in.bytes("state", MAX_STATE)))
                : Optional.empty();
        AnswerWindow window = AnswerWindow.decode(in);
        SortedMap<String, Long> reminders = new TreeMap<>();
        for (int left = in.count("reminders", MAX_REMINDERS); left > 0; left--) {
            reminders.put(in.text("name of a reminder", MAX_NAME_BYTES), in.number("due"));
        }
        in.end();
        return new EntityRow(state, window, reminders);
    }

    EntityRow withWindow(AnswerWindow value) {
        return new EntityRow(state, value, reminders);
    }

    EntityRow without(String reminder) {
        SortedMap<String, Long> rest = new TreeMap<>(reminders);
        rest.remove(reminder);
        return new EntityRow(state, window, rest);
    }

    int stateBytes() {
        return state.map(stored -> stored.bytes().length).orElse(0);
    }
}
