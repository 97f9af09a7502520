package io.holdfast.replication.crdt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One object on this node. Everybody may read {@link #view}, which is replaced whole by each change, so that nobody sees half of one; the rest belongs to who holds the replica's lock.
 */
final class ObjectState {
    private final Kernel kernel;
    private final CrdtRules rules;
    private final SplittableRandom priorities;
    private volatile PathMap view = PathMap.EMPTY;
    private long bytes;
    private long digest;
    private boolean digested;

    ObjectState(CrdtRules rules, long seed) {
        this.rules = rules;
        this.priorities = new SplittableRandom(seed);
        this.kernel = new Kernel(rules);
    }

    PathMap view() {
        return view;
    }

    int size() {
        return kernel.live().size();
    }

    long bytes() {
        return bytes;
    }

    CausalContext seen() {
        return kernel.seen();
    }

    Delta full() {
        return kernel.copy();
    }

    /** Whether one of an actor's live dots is told with another entry: then the actor has used it twice. */
    boolean contradicts(Delta other, long actor) {
        return other.entries().subMap(new Dot(actor, 0), true, new Dot(actor, Long.MAX_VALUE), true).values().stream()
                .anyMatch(entry -> {
                    Entry mine = kernel.live().get(entry.dot());
                    return mine != null && !mine.equals(entry);
                });
    }

    /** The delta of an edit by an actor; nothing changes before it is joined. */
    Delta delta(Edit edit, long actor) {
        NavigableMap<Dot, Entry> made = new TreeMap<>();
        long number = kernel.seen().max(actor);
        for (Edit.Made each : edit.made()) {
            Dot dot = new Dot(actor, ++number);
            made.put(dot, new Entry(dot, each.path(), each.value()));
        }
        return new Delta(made, rules.context(edit.removed(), made.keySet()));
    }

    /** Joins, and says by how much this grew; empty if it knew all. */
    Delta join(Delta other) {
        Kernel.Change change = kernel.join(other);
        PathMap next = view;
        for (Entry entry : change.removed()) {
            bytes -= entry.size();
            List<Entry> left = new ArrayList<>(next.get(entry.path()));
            left.remove(entry);
            next = next.with(entry.path(), List.copyOf(left), priorities.nextInt());
        }
        for (Entry entry : change.added()) {
            bytes += entry.size();
            List<Entry> more = new ArrayList<>(next.get(entry.path()));
            more.add(entry);
            more.sort(Comparator.comparing(Entry::dot));
            next = next.with(entry.path(), List.copyOf(more), priorities.nextInt());
        }
        view = next;
        digested = digested && change.gained().isEmpty();
        return change.gained();
    }

    /** A number that is equal for equal states, and for others with a chance of one in 2^64 only. */
    long digest() {
        if (!digested) {
            digest = digestOf(kernel.live().values(), kernel.seen());
            digested = true;
        }
        return digest;
    }

    private static long digestOf(Iterable<Entry> entries, CausalContext seen) {
        long sum = 0x9E3779B97F4A7C15L;
        for (Entry entry : entries) {
            long hash = mix(mix(entry.dot().actor()) + entry.dot().number());
            hash = hash(hash, entry.path().bytes());
            sum += hash(hash, entry.value());
        }
        long[] rows = {sum};
        seen.each((ranges, actor) -> {
            long hash = mix(~actor);
            for (int i = 0; i < ranges.size(); i++) {
                hash = mix(mix(hash + ranges.from(i)) + ranges.to(i));
            }
            rows[0] += hash;
        });
        return mix(rows[0]);
    }

    private static long hash(long seed, byte[] bytes) {
        long hash = seed + bytes.length;
        for (byte each : bytes) {
            hash = (hash ^ each) * 0x100000001B3L;
        }
        return mix(hash);
    }

    /** The finalizer of MurmurHash3 (Appleby). */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }
}
