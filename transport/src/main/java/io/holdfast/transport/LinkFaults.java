package io.holdfast.transport;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The fault point of the wire, for tests of real nodes: what becomes of the bytes that another node sends to this one.
 *
 * <p>The bytes of a cut link are held, as TCP holds what is lost until it gets through: they arrive late when the link heals, unless one side has given the connection up by then (a ping that nobody
 * answered). No new connection comes about, whoever makes it. A link is cut one way at its receiver; cut it at both nodes for both ways. The end of a connection is noticed nevertheless. A connection
 * that holds more than 16 MiB ends.
 *
 * <p>A transport that was started with {@link #off()} looks at none of this when bytes arrive. Safe for use by many threads.
 */
public final class LinkFaults {
    /** The nodes whose links have a fault, at most. */
    public static final int MAX_NODES = 1024;

    private static final LinkFaults OFF = new LinkFaults(false);

    /**
     * What becomes of the bytes of one node.
     *
     * @param cut whether they do not arrive
     * @param delay how much later they arrive
     */
    public record Fault(boolean cut, Duration delay) {
        /** No fault. */
        public static final Fault NONE = new Fault(false, Duration.ZERO);

        /**
         * Validates the delay.
         *
         * @param cut whether they do not arrive
         * @param delay how much later they arrive
         * @throws IllegalArgumentException if the delay is negative or longer than a minute
         */
        public Fault {
            Check.that(
                    !delay.isNegative() && delay.compareTo(Duration.ofMinutes(1)) <= 0,
                    "link delay (%s) must be from 0 to 1 minute; cut the link for longer ones",
                    delay);
        }
    }

    private final boolean possible;
    private final Map<NodeId, Fault> faults = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private LinkFaults(boolean possible) {
        this.possible = possible;
    }

    /**
     * No faults, now or later: what production uses.
     *
     * @return the one that is off
     */
    public static LinkFaults off() {
        return OFF;
    }

    /**
     * No faults now, but later perhaps.
     *
     * @return a new one, for one transport
     */
    public static LinkFaults possible() {
        return new LinkFaults(true);
    }

    /**
     * Whether there can be faults.
     *
     * @return false for {@link #off()} only
     */
    public boolean arePossible() {
        return possible;
    }

    /**
     * Lets nothing arrive any more that a node sends.
     *
     * @param from the node
     * @throws IllegalStateException if faults are not possible here, or {@link #MAX_NODES} nodes have one
     */
    public void cut(NodeId from) {
        set(from, new Fault(true, Duration.ZERO));
    }

    /**
     * Lets all that a node sends arrive later, in the same order.
     *
     * @param from the node
     * @param delay how much later, a minute at most
     * @throws IllegalArgumentException if the delay is negative or longer
     * @throws IllegalStateException if faults are not possible here, or {@link #MAX_NODES} nodes have one
     */
    public void delay(NodeId from, Duration delay) {
        set(from, new Fault(false, delay));
    }

    private void set(NodeId from, Fault fault) {
        if (!possible) {
            throw new IllegalStateException(
                    "links have no faults here; start the node with holdfast.transport.fault-injection=true, in a test");
        }
        if (faults.size() >= MAX_NODES && !faults.containsKey(from)) {
            throw new IllegalStateException(MAX_NODES + " links have a fault, the bound; heal some first");
        }
        faults.put(from, fault);
        changed();
    }

    /**
     * Lets a node's bytes arrive again, first the held ones.
     *
     * @param from the node
     */
    public void heal(NodeId from) {
        faults.remove(from);
        changed();
    }

    /** Heals all links. */
    public void healAll() {
        faults.clear();
        changed();
    }

    /**
     * What becomes of the bytes of a node now.
     *
     * @param from the node
     * @return the fault, or {@link Fault#NONE}
     */
    public Fault of(NodeId from) {
        return faults.getOrDefault(from, Fault.NONE);
    }

    /**
     * All links that have a fault now.
     *
     * @return the faults by the node that sends
     */
    public Map<NodeId, Fault> all() {
        return Map.copyOf(faults);
    }

    /**
     * Tells of each change, on the thread that made it.
     *
     * @param listener asks what has become of its link; it must not block
     * @return ends the telling
     */
    public Registration onChange(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void changed() {
        listeners.forEach(Runnable::run);
    }
}
