package io.holdfast.replication.crdt;

import java.util.NavigableMap;

/**
 * A state, or the part of one that changed: both are the same (a delta joins as a state does). Not to be changed.
 *
 * @param entries live entries by their dots, all of which are in {@code seen}
 * @param seen the dots that it speaks of; those without an entry are gone
 */
record Delta(NavigableMap<Dot, Entry> entries, CausalContext seen) {
    boolean isEmpty() {
        return seen.isEmpty();
    }
}
