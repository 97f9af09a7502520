package io.holdfast.replication.crdt;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A causal state: live entries by dot, and what was seen. Its join keeps what both have, and what one has and the other never saw (Almeida et al. 2018, section 7.2, the join of {@code DotFun}). Belongs to one thread at
 * a time.
 */
final class Kernel {
    /**
     * What a join did.
     *
     * @param added entries that came
     * @param removed entries that went
     * @param gained the least delta that does the same to the state before, and to every state that holds it; empty if nothing changed
     */
    record Change(List<Entry> added, List<Entry> removed, Delta gained) {}

    private final NavigableMap<Dot, Entry> live = new TreeMap<>();
    private final CausalContext seen = new CausalContext();
    private final CrdtRules rules;

    Kernel(CrdtRules rules) {
        this.rules = rules;
    }

    NavigableMap<Dot, Entry> live() {
        return live;
    }

    CausalContext seen() {
        return seen;
    }

    /** A copy as it is now. */
    Delta copy() {
        return new Delta(new TreeMap<>(live), seen.copy());
    }

    Change join(Delta other) {
        List<Entry> removed = new ArrayList<>();
        other.seen().each((ranges, actor) -> {
            for (int i = 0; i < ranges.size(); i++) {
                gone(actor, ranges.from(i), ranges.to(i), other, removed);
            }
        });
        List<Entry> added = new ArrayList<>();
        CausalContext gained = other.seen().minus(seen);
        for (Entry entry : other.entries().values()) {
            Entry mine = live.get(entry.dot());
            if (mine == null ? rules.isNew(entry.dot(), seen) : entry.beats(mine)) {
                added.add(entry);
                if (mine != null) {
                    removed.add(mine);
                }
            }
        }
        removed.forEach(entry -> live.remove(entry.dot()));
        NavigableMap<Dot, Entry> fresh = new TreeMap<>();
        added.forEach(entry -> fresh.put(entry.dot(), entry));
        live.putAll(fresh);
        removed.forEach(entry -> gained.add(entry.dot()));
        added.forEach(entry -> gained.add(entry.dot()));
        seen.addAll(other.seen());
        return new Change(added, removed, new Delta(fresh, gained));
    }

    private void gone(long actor, long from, long to, Delta other, List<Entry> removed) {
        live.subMap(new Dot(actor, from), true, new Dot(actor, to), true).forEach((dot, entry) -> {
            if (!other.entries().containsKey(dot)) {
                removed.add(entry);
            }
        });
    }
}
