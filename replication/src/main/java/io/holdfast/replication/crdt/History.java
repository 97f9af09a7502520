package io.holdfast.replication.crdt;

import io.holdfast.core.Address;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The intervals that somebody may still need: the disk, or a peer. Bounded: what the disk has and is too much goes first, and peers that needed it are compared with. Belongs to the protocol. */
final class History {
    private record Kept(long from, Group group, long bytes) {}

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
        return groups.isEmpty() ? latest + 1 : groups.getFirst().from;
    }

    long bytes() {
        return bytes;
    }

    /** Adds an interval. What the disk would not take of those before, and so nobody was sent, is joined with it: what waits for the disk is not more than there is in all. */
    void add(Group group, long saved) {
        if (group.isEmpty()) {
            return;
        }
        long from = group.number();
        Group added = group;
        if (latest > saved && !groups.isEmpty()) {
            Kept refused = groups.removeLast();
            bytes = bytes - refused.bytes;
            from = refused.from;
            added = group.after(refused.group);
        }
        Kept kept = new Kept(from, added, added.bytes());
        groups.addLast(kept);
        bytes = bytes + kept.bytes;
        latest = group.number();
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
