package io.holdfast.transport.netty;

import io.holdfast.core.NodeId;
import io.holdfast.core.env.Registration;
import io.holdfast.core.transport.ConnectionListener;
import io.holdfast.core.transport.Peer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The greeted connections of a node, and who hears of them. Its size is bounded by the bounds on connections. Safe for use by many threads. */
final class PeerConnections {
    private static final Logger log = LoggerFactory.getLogger(PeerConnections.class);

    private final List<ConnectionListener> listeners = new CopyOnWriteArrayList<>();
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private final Map<NodeId, Integer> byNode = new HashMap<>();
    private final AtomicInteger inbound = new AtomicInteger();

    /** Exchanges and streams that a handler of this node has not finished. */
    private final LongAdder active = new LongAdder();

    Registration listen(ConnectionListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    Set<Wire> wires() {
        return wires;
    }

    LongAdder active() {
        return active;
    }

    int inbound() {
        return inbound.get();
    }

    int outbound() {
        return wires.size() - inbound.get();
    }

    long queuedBytes() {
        return wires.stream().mapToLong(Wire::queuedBytes).sum();
    }

    void opened(Wire wire, Peer peer) {
        wires.add(wire);
        if (wire.isInbound()) {
            inbound.incrementAndGet();
        }
        synchronized (byNode) {
            byNode.merge(peer.node(), 1, Integer::sum);
        }
        tell(listener -> listener.onOpened(peer));
    }

    void closed(Wire wire, Peer peer, boolean graceful, boolean byThisNode) {
        if (!wires.remove(wire)) {
            return;
        }
        if (wire.isInbound()) {
            inbound.decrementAndGet();
        }
        boolean last;
        synchronized (byNode) {
            last = byNode.computeIfPresent(peer.node(), (node, count) -> count == 1 ? null : count - 1) == null;
        }
        if (last && !byThisNode) {
            tell(listener -> listener.onClosed(peer, graceful));
        }
    }

    private void tell(Consumer<ConnectionListener> event) {
        for (ConnectionListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                log.error("a connection listener failed; the others go on", e);
            }
        }
    }
}
