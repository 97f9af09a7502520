package io.holdfast.replication.crdt;

import io.holdfast.core.NotAppliedException;
import java.util.List;
import java.util.Locale;

/** The bounds of what this node may add. What only removes or replaces by the same size is never refused. */
final class Bounds {
    private Bounds() {}

    static void check(
            CrdtConfig config, ObjectId id, Replica replica, ObjectState state, Delta delta, List<Entry> removed) {
        long more = delta.entries().values().stream().mapToLong(Entry::size).sum()
                - removed.stream().mapToLong(Entry::size).sum();
        int entries = state.size() + delta.entries().size() - removed.size();
        if (replica.find(id) == null && replica.size() >= config.maxObjects()) {
            throw refused(id, "the space holds " + replica.size() + " objects", "maxObjects", config.maxObjects());
        }
        if (entries > config.maxElements() && entries > state.size()) {
            throw refused(id, "it holds " + state.size() + " elements", "maxElements", config.maxElements());
        }
        if (more > 0 && state.bytes() + more > config.maxObjectBytes().bytes()) {
            throw refused(
                    id,
                    "it holds " + state.bytes() + " bytes and " + more + " would come",
                    "maxObjectBytes",
                    config.maxObjectBytes());
        }
        if (more > 0 && replica.bytes() + more > config.maxBytes().bytes()) {
            throw refused(
                    id,
                    "the space holds " + replica.bytes() + " bytes and " + more + " would come",
                    "maxBytes",
                    config.maxBytes());
        }
    }

    private static NotAppliedException refused(ObjectId id, String state, String bound, Object limit) {
        return new NotAppliedException(id + " cannot grow: " + state + ", " + bound + " (" + limit
                + ") is the limit; remove what is not needed, or raise holdfast.crdt."
                + bound.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
    }
}
