package io.holdfast.transport.netty;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose other side has not said hello. At the bound the oldest is given up: a flood of silent connections then costs bounded memory, and a peer that greets at
 * once still gets in. Safe for use by many threads.
 */
final class Ungreeted {
    private final Set<InboundWire> waiting = new LinkedHashSet<>();
    private final int max;

    Ungreeted(int max) {
        this.max = max;
    }

    void add(InboundWire wire) {
        InboundWire oldest;
        synchronized (waiting) {
            oldest = waiting.size() >= max ? removeOldest() : null;
            waiting.add(wire);
        }
        if (oldest != null) {
            oldest.evict(max);
        }
    }

    private @Nullable InboundWire removeOldest() {
        var all = waiting.iterator();
        InboundWire oldest = all.next();
        all.remove();
        return oldest;
    }

    void remove(InboundWire wire) {
        synchronized (waiting) {
            waiting.remove(wire);
        }
    }

    int size() {
        synchronized (waiting) {
            return waiting.size();
        }
    }
}
