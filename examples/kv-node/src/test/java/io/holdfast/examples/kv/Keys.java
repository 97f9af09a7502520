package io.holdfast.examples.kv;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The keys of a subject that are in use. A key is given up for a new one after so many operations, and sooner after so many unknown outcomes: the time that the checker takes for a key grows with
 * what may or may not have been done to it. Safe for use by many threads.
 */
final class Keys {
    private static final int OPERATIONS = 250;
    private static final int UNKNOWN = 3;

    /** A key in use, with what was begun on it and how much of that is unknown. */
    record Key(String name, int slot, AtomicInteger begun, AtomicInteger unknown) {
        private boolean isSpent() {
            return begun.get() >= OPERATIONS || unknown.get() >= UNKNOWN;
        }
    }

    private final String kind;
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicReferenceArray<Key> current;

    Keys(String kind, int slots) {
        this.kind = kind;
        this.current = new AtomicReferenceArray<>(slots);
        for (int slot = 0; slot < slots; slot++) {
            current.set(slot, fresh(slot));
        }
    }

    private Key fresh(int slot) {
        return new Key(kind + "-" + made.incrementAndGet(), slot, new AtomicInteger(), new AtomicInteger());
    }

    int slots() {
        return current.length();
    }

    /** The key of a slot, for one operation more. */
    Key next(int slot) {
        Key key = current.get(slot);
        if (key.isSpent()) {
            current.compareAndSet(slot, key, fresh(slot));
            key = current.get(slot);
        }
        key.begun().incrementAndGet();
        return key;
    }
}
