package io.holdfast.sharding.entity;

import java.util.LinkedHashSet;

/** The numbers of this process's calls: given in order, each open until its caller has an answer. Safe for use by many threads. */
final class OpenCalls {
    private final LinkedHashSet<Long> open =
            new LinkedHashSet<>(); // guarded by this; in order, for they are added in order
    private long last; // guarded by this

    synchronized long open() {
        last++;
        open.add(last);
        return last;
    }

    synchronized void close(long number) {
        open.remove(number);
    }

    /** The lowest number that is open, or the next one. */
    synchronized long first() {
        return open.isEmpty() ? last + 1 : open.iterator().next();
    }
}
