package io.holdfast.replication.cache;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is heard about a key while a read or a write of it is under way: what is kept for it may be evicted meanwhile, and with it how new it was. As many pins as there are calls of the origin. Safe for
 * use by many threads.
 */
final class Pins<K> {
    /** What was heard about one key. */
    static final class Pin {
        private final AtomicLong told = new AtomicLong(Long.MIN_VALUE);
        private final AtomicLong seen = new AtomicLong(Long.MIN_VALUE);
        private int users;

        /** The newest revision that the feed told of: an older answer is right for those who ask now, and is not kept. */
        long told() {
            return told.get();
        }

        /** The newest revision that was written through here: an older answer is wrong for those who ask now. */
        long seen() {
            return seen.get();
        }

        void raiseSeen(long revision) {
            seen.accumulateAndGet(revision, Math::max);
        }
    }

    private final ConcurrentHashMap<K, Pin> pins = new ConcurrentHashMap<>();

    Pin take(K key) {
        return pins.compute(key, (same, old) -> {
            Pin pin = old == null ? new Pin() : old;
            pin.users++;
            return pin;
        });
    }

    void release(K key) {
        pins.computeIfPresent(key, (same, pin) -> --pin.users == 0 ? null : pin);
    }

    /** Whether a read or a write of the key is under way, which was told too. */
    boolean told(K key, long revision) {
        @Nullable Pin pin = pins.get(key);
        if (pin == null) {
            return false;
        }
        pin.told.accumulateAndGet(revision, Math::max);
        return true;
    }

    int size() {
        return pins.size();
    }
}
