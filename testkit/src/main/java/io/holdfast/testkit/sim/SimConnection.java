package io.holdfast.testkit.sim;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A connection between two transports (or of one with itself), and what must be told at each end when it breaks. */
final class SimConnection {
    private final SimTransport one;
    private final SimTransport two;
    private final Set<Runnable> ofOne = new LinkedHashSet<>();
    private final Set<Runnable> ofTwo = new LinkedHashSet<>();
    private boolean stalled;
    private boolean brokenAtOne;
    private boolean brokenAtTwo;

    SimConnection(SimTransport one, SimTransport two) {
        this.one = one;
        this.two = two;
    }

    SimTransport one() {
        return one;
    }

    SimTransport two() {
        return two;
    }

    SimTransport other(SimTransport end) {
        return end == one ? two : one;
    }

    boolean isStalled() {
        return stalled;
    }

    /** Nothing gets through any more; true the first time. */
    boolean stall() {
        boolean first = !stalled;
        stalled = true;
        return first;
    }

    /** Asks for a task to run at an end when the connection breaks there. */
    void whenBroken(SimTransport end, Runnable task) {
        (end == one ? ofOne : ofTwo).add(task);
    }

    void forget(SimTransport end, Runnable task) {
        (end == one ? ofOne : ofTwo).remove(task);
    }

    /** Ends the connection at one end. */
    void breakAt(SimTransport end, boolean graceful) {
        stalled = true;
        boolean already = end == one ? brokenAtOne : brokenAtTwo;
        if (already) {
            return;
        }
        if (end == one) {
            brokenAtOne = true;
        }
        if (end == two) {
            brokenAtTwo = true;
        }
        Set<Runnable> tasks = end == one ? ofOne : ofTwo;
        List<Runnable> now = List.copyOf(tasks);
        tasks.clear();
        end.disconnected(this, graceful);
        now.forEach(Runnable::run);
    }
}
