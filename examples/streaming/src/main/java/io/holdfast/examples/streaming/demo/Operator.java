package io.holdfast.examples.streaming.demo;

import io.holdfast.core.env.MonotonicClock;
import java.time.Duration;
import java.util.Locale;

/** Does to the nodes what the demo is about, while the load runs. For use by one thread. */
final class Operator {
    private static final Duration REJOIN_LIMIT = Duration.ofSeconds(45);
    /** A node that has just started is slow for a moment: the next one waits for it. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Fleet fleet;
    private final String token;
    private final Screen screen;
    private final MonotonicClock clock;

    /**
     * Makes an operator.
     *
     * @param fleet the nodes
     * @param token of any user, to see whether a gateway serves
     * @param screen is told what happens
     * @param clock measures
     */
    Operator(Fleet fleet, String token, Screen screen, MonotonicClock clock) {
        this.fleet = fleet;
        this.token = token;
        this.screen = screen;
        this.clock = clock;
    }

    /** Kills a node with SIGKILL, starts it again after a while; true if it came back. */
    boolean killAndRestart(int node, Duration down) {
        fleet.kill(node);
        screen.event("killed " + fleet.name(node) + " with SIGKILL");
        fleet.await(down, () -> false);
        return restart(node);
    }

    /** Restarts all nodes one after the other with SIGTERM; true if each left in time and came back. */
    boolean roll() {
        boolean good = true;
        for (int node = 0; node < fleet.size(); node++) {
            long startNanos = clock.nanoTime();
            boolean left = fleet.terminate(node);
            screen.event(fleet.name(node)
                    + (left
                            ? " left after SIGTERM within " + since(startNanos)
                            : " did not end after SIGTERM and was killed"));
            good &= left;
            good &= restart(node);
            fleet.await(PAUSE, () -> false);
        }
        return good;
    }

    private boolean restart(int node) {
        long startNanos = clock.nanoTime();
        fleet.start(node);
        screen.event("started " + fleet.name(node) + " again");
        boolean back = fleet.awaitRejoined(node, token, REJOIN_LIMIT);
        screen.event(
                back
                        ? fleet.name(node) + " has rejoined: alive to all and serving " + since(startNanos)
                                + " after its start"
                        : fleet.name(node) + " has not rejoined within " + REJOIN_LIMIT.toSeconds() + " s");
        return back;
    }

    private String since(long startNanos) {
        return String.format(Locale.ROOT, "%.1f s", (clock.nanoTime() - startNanos) / 1e9);
    }
}
