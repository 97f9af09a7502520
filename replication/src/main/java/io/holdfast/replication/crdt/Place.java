package io.holdfast.replication.crdt;

import io.holdfast.core.NotAppliedException;
import io.holdfast.core.env.Registration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a value lies: an object, or within a map. Safe for use by many threads.
 *
 * @param replica where the objects are
 * @param id the object
 * @param path before the value's own paths
 * @param hooks told of updates, and who registers listeners
 */
record Place(Replica replica, ObjectId id, Path path, Hooks hooks) {
    /** What the space does around its objects. */
    interface Hooks {
        void updated(ObjectId id);

        void refused();

        Registration listen(ObjectId id, Runnable listener);
    }

    /** What an update at this place does. */
    @FunctionalInterface
    interface Change {
        Edit edit(PathMap view, long actor);
    }

    PathMap view() {
        return replica.view(id);
    }

    /** The entries right here. */
    List<Entry> entries() {
        return view().get(path);
    }

    void update(Change change) {
        try {
            replica.update(id, change::edit);
        } catch (NotAppliedException e) {
            hooks.refused();
            throw e;
        }
        hooks.updated(id);
    }

    /** Removes whatever lies here or below. */
    void removeAll() {
        update((view, actor) -> new Edit(below(view, path), List.of()));
    }

    static List<Entry> below(PathMap view, Path prefix) {
        List<Entry> all = new ArrayList<>();
        view.from(prefix, node -> {
            all.addAll(node.entries());
            return true;
        });
        return all;
    }

    Place at(Path lower) {
        return new Place(replica, id, lower, hooks);
    }

    Instant now() {
        return replica.clock().now();
    }

    static <T> T required(@Nullable T value, String what) {
        return Objects.requireNonNull(value, () -> what + " must not be null; remove or clear instead");
    }
}
