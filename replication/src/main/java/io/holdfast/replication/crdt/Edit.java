package io.holdfast.replication.crdt;

import java.util.List;

/**
 * What a mutator does: it removes entries that it sees and makes others, in one step.
 *
 * @param removed entries that are live
 * @param made what is to be; each becomes an entry with a dot of its own
 */
record Edit(List<Entry> removed, List<Made> made) {
    static final Edit NONE = new Edit(List.of(), List.of());

    /**
     * An entry to be.
     *
     * @param path where
     * @param value what; not to be changed any more
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Made(Path path, byte[] value) {}

    /** Puts one value where the given ones were. */
    static Edit replace(List<Entry> removed, Path path, byte[] value) {
        return new Edit(removed, List.of(new Made(path, value)));
    }

    boolean isEmpty() {
        return removed.isEmpty() && made.isEmpty();
    }
}
