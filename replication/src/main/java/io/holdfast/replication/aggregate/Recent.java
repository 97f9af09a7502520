package io.holdfast.replication.aggregate;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The aggregates that were used last on this node. What it says may be old: whoever goes by it appends under the offset that it names. Safe for use by many threads. */
final class Recent<S> {
    private final Map<String, Sum<S>> sums;

    Recent(int capacity) {
        this.sums = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Sum<S>> eldest) {
                return size() > capacity;
            }
        };
    }

    @Nullable Sum<S> find(String key) {
        synchronized (sums) {
            return sums.get(key);
        }
    }

    /** An answer that comes late does not push out a newer one. */
    void keep(String key, Sum<S> sum) {
        synchronized (sums) {
            sums.merge(key, sum, (known, next) -> next.last() >= known.last() ? next : known);
        }
    }

    void forget(String key) {
        synchronized (sums) {
            sums.remove(key);
        }
    }
}
