package io.holdfast.replication.crdt;

import io.holdfast.core.env.Registration;

/** What all replicated values have. Safe for use by many threads. */
public abstract sealed class Crdt
        permits CrdtCounter, CrdtGrowCounter, CrdtFlag, CrdtRegister, CrdtMultiRegister, CrdtSet, CrdtMap {
    private final Place place;

    Crdt(Place place) {
        this.place = place;
    }

    final Place place() {
        return place;
    }

    /**
     * The name of the object; for a value of a map, the map's.
     *
     * @return the name, as it was asked for
     */
    public final String name() {
        return place.id().name();
    }

    /**
     * Listens for changes, of this node and of others. Several changes that follow each other may be told as one. For a value of a map, a change of the map is told.
     *
     * @param listener called on a thread of the space, one call at a time; it may read and update, and if it is slow other listeners are told later
     * @return ends the listening
     */
    public final Registration onChange(Runnable listener) {
        return place.hooks().listen(place.id(), listener);
    }
}
