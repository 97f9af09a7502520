package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** What changed in one interval, joined object by object, and by who told it: nobody is told what he said himself. Belongs to one thread at a time. */
final class Group {
    private record Part(ObjectId id, Optional<Address> source) {}

    private static final int OVERHEAD = 64;

    private final long number;
    private final CrdtRules rules;
    private final Map<Part, Kernel> parts = new HashMap<>();

    Group(long number, CrdtRules rules) {
        this.number = number;
        this.rules = rules;
    }

    long number() {
        return number;
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    void add(ObjectId id, Delta delta, Optional<Address> source) {
        parts.computeIfAbsent(new Part(id, source), any -> new Kernel(rules)).join(delta);
    }

    /** This one and the one before, which is used up, as one interval that ends with this one. */
    Group after(Group earlier) {
        Group both = new Group(number, rules);
        both.parts.putAll(earlier.parts);
        parts.forEach((part, kernel) -> both.add(part.id, kernel.copy(), part.source));
        return both;
    }

    /** Adds what changed to what changed before, but for what a peer told. */
    void addTo(Map<ObjectId, Kernel> before, Optional<Address> except) {
        parts.forEach((part, kernel) -> {
            if (except.isEmpty() || !Objects.equals(part.source(), except)) {
                before.computeIfAbsent(part.id(), any -> new Kernel(rules)).join(kernel.copy());
            }
        });
    }

    /** About how many bytes it takes. */
    long bytes() {
        return parts.values().stream()
                .mapToLong(kernel -> OVERHEAD
                        + kernel.seen().rows().size() * 16L
                        + kernel.live().values().stream().mapToLong(Entry::size).sum())
                .sum();
    }

    static Map<ObjectId, Kernel> joined(Iterable<Group> groups, Optional<Address> except) {
        Map<ObjectId, Kernel> all = new TreeMap<>();
        groups.forEach(group -> group.addTo(all, except));
        return all;
    }
}
