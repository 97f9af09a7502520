package io.holdfast.consensus.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The last events of a group on this replica, up to a count and a size; older ones are forgotten. Not in the snapshot: after a restore it begins anew. */
final class EventRing {
    private static final int SMALLEST = 256;

    /** An event and whose it is. */
    record Entry(int type, String name, Event event) {}

    private final int maxEvents;
    private final long maxBytes;
    private @Nullable Entry[] slots = new @Nullable Entry[SMALLEST];
    /** Of the event in each slot, so that an old one is dropped without a look at it: it has long left the processor's cache. */
    private long[] revisions = new long[SMALLEST];

    private int[] sizes = new int[SMALLEST];
    private long first;
    private long end;
    private long bytes;
    private long forgotten;

    EventRing(int maxEvents, long maxBytes) {
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
    }

    /** Forgets all: the next event has this number, and all of this revision and before are unknown. */
    void restart(long next, long revision) {
        Arrays.fill(slots, null);
        first = next;
        end = next;
        bytes = 0;
        forgotten = revision;
    }

    void add(Entry entry) {
        if (end - first == slots.length) {
            grow();
        }
        int added = slot(end++);
        slots[added] = entry;
        revisions[added] = entry.event().revision();
        sizes[added] = entry.event().size();
        bytes += sizes[added];
        while (end - first > maxEvents || bytes > maxBytes && end > first) {
            int dropped = slot(first++);
            slots[dropped] = null;
            bytes -= sizes[dropped];
            forgotten = revisions[dropped];
        }
    }

    private void grow() {
        @Nullable Entry[] larger = new @Nullable Entry[slots.length * 2];
        long[] largerRevisions = new long[larger.length];
        int[] largerSizes = new int[larger.length];
        for (long i = first; i < end; i++) {
            int place = (int) (i & (larger.length - 1));
            larger[place] = slots[slot(i)];
            largerRevisions[place] = revisions[slot(i)];
            largerSizes[place] = sizes[slot(i)];
        }
        slots = larger;
        revisions = largerRevisions;
        sizes = largerSizes;
    }

    private int slot(long number) {
        return (int) (number & (slots.length - 1));
    }

    Entry at(long number) {
        Entry entry = slots[slot(number)];
        if (entry == null) {
            throw new IllegalStateException("event " + number + " is not in the ring from " + first + " to " + end);
        }
        return entry;
    }

    /** The number of the oldest event that is known. */
    long first() {
        return first;
    }

    /** The number that the next event will have. */
    long end() {
        return end;
    }

    /** The newest revision of which an event may have been forgotten; 0 if none was. */
    long forgotten() {
        return forgotten;
    }

    /** The number of the first known event of at least this revision. */
    long from(long revision) {
        long low = first;
        long high = end;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (revisions[slot(middle)] < revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
