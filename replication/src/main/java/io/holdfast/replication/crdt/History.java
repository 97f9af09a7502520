package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The intervals that somebody may still need: the disk, or a peer. Bounded: what the disk has and is too much goes first, and peers that needed it are compared with. Belongs to the protocol. */
final class History {
    private record Kept(Group group, long bytes) {}

    private final long maxBytes;
    private final Deque<Kept> groups = new ArrayDeque<>();
    /** Written by the protocol, read by meters. */
    private volatile long bytes;

    private long latest;

    History(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The last interval that has ended. */
    long latest() {
        return latest;
    }

    /** The first interval that is kept. */
    long first() {
        return groups.isEmpty() ? latest + 1 : groups.getFirst().group.number();
    }

    long bytes() {
        return bytes;
    }

    void add(Group group) {
        if (!group.isEmpty()) {
            Kept kept = new Kept(group, group.bytes());
            groups.addLast(kept);
            bytes = bytes + kept.bytes;
            latest = group.number();
        }
    }

    /** Drops what is saved, if all peers have it or there is too much. */
    void trim(long saved, long acknowledgedByAll) {
        while (!groups.isEmpty()
                && groups.getFirst().group.number() <= saved
                && (bytes > maxBytes || groups.getFirst().group.number() <= acknowledgedByAll)) {
            bytes = bytes - groups.removeFirst().bytes;
        }
    }

    /** What changed in the intervals after one up to another, but for what a peer told. */
    Map<ObjectId, Kernel> between(long after, long upTo, Optional<Address> except) {
        List<Group> wanted = groups.stream()
                .map(Kept::group)
                .filter(group -> group.number() > after && group.number() <= upTo)
                .toList();
        return Group.joined(wanted, except);
    }
}
