package io.holdfast.sharding.entity;

import io.holdfast.core.Check;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a call wants to change, until it is committed or taken back. For use by the thread of the call. */
final class Changes {
    private final Map<String, Optional<Long>> reminders = new LinkedHashMap<>();
    private @Nullable Optional<EntityScope.Stored> base; // the stored state on which the changed one stands
    private boolean stateChanged;
    private Optional<EntityScope.Stored> state = Optional.empty();

    Optional<EntityScope.Stored> state(Kept kept) {
        if (stateChanged) {
            return state;
        }
        base = kept.row().state();
        return base;
    }

    void state(Kept kept, int version, Optional<byte[]> bytes) {
        bytes.ifPresent(value -> Check.that(
                value.length <= EntityRow.MAX_STATE,
                "state (%d bytes) must have at most %d; split the entity, or keep what is large elsewhere",
                value.length,
                EntityRow.MAX_STATE));
        Optional<EntityScope.Stored> next = bytes.map(value -> new EntityScope.Stored(version, value));
        if (base == null) {
            base = kept.row().state();
        }
        boolean same = !stateChanged
                && same(kept.row().state(), next)
                && same(kept.row().state(), base);
        if (!same) {
            stateChanged = true;
            state = next;
        }
    }

    /** Setting what is there already changes nothing. */
    private static boolean same(Optional<EntityScope.Stored> one, Optional<EntityScope.Stored> other) {
        return one.isPresent() == other.isPresent()
                && one.map(stored -> stored.version() == other.orElseThrow().version()
                                && Arrays.equals(
                                        stored.bytes(), other.orElseThrow().bytes()))
                        .orElse(true);
    }

    void remind(Kept kept, String name, long dueMillis) {
        Check.that(
                !name.isEmpty() && name.length() <= EntityRow.MAX_NAME && name.indexOf('/') < 0,
                "name of a reminder (%s) must have 1 to %d characters and no slash",
                name,
                EntityRow.MAX_NAME);
        reminders.put(name, Optional.of(dueMillis));
        int count = reminders(kept.row()).size();
        if (count > EntityRow.MAX_REMINDERS) {
            reminders.remove(name);
            throw new IllegalStateException("reminders (" + count + ") of an entity must be at most "
                    + EntityRow.MAX_REMINDERS + "; let one reminder stand for several things");
        }
    }

    void forget(String name) {
        reminders.put(name, Optional.empty());
    }

    private SortedMap<String, Long> reminders(EntityRow row) {
        SortedMap<String, Long> next = new TreeMap<>(row.reminders());
        reminders.forEach((name, due) -> due.ifPresentOrElse(at -> next.put(name, at), () -> next.remove(name)));
        return next;
    }

    /** Whether they lead from a row to another one. */
    boolean any(EntityRow row) {
        return stateChanged || !reminders(row).equals(row.reminders());
    }

    /** Whether another call has changed the state since this one read it: then what this one made of it must not replace it. */
    boolean outdated(Kept kept) {
        return stateChanged && base != null && !same(kept.row().state(), base);
    }

    EntityRow applyTo(EntityRow row) {
        return new EntityRow(stateChanged ? state : row.state(), row.window(), reminders(row));
    }
}
