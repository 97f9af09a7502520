package io.holdfast.examples.streaming.demo;

import io.holdfast.core.env.MonotonicClock;
import io.holdfast.examples.streaming.load.HttpLoad;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Does to the nodes what the demo is about, while the load runs. For use by one thread, but {@link #failOverMillis} for any. */
final class Operator {
    private static final Duration REJOIN_LIMIT = Duration.ofSeconds(45);
    /** A node that has just started is slow for a moment: the next one waits for it. */
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private static final Duration LEADER_LIMIT = Duration.ofSeconds(5);

    private final Fleet fleet;
    private final String token;
    private final Screen screen;
    private final HttpLoad load;
    private final MonotonicClock clock;
    private final AtomicLong failOverMillis = new AtomicLong(-1);

    /**
     * Makes an operator.
     *
     * @param fleet the nodes
     * @param token of any user, to see whether a gateway serves
     * @param screen is told what happens
     * @param load sees whether writes succeed
     * @param clock measures
     */
    Operator(Fleet fleet, String token, Screen screen, HttpLoad load, MonotonicClock clock) {
        this.fleet = fleet;
        this.token = token;
        this.screen = screen;
        this.load = load;
        this.clock = clock;
    }

    /** The longest time without a successful write while the killed leader was down; less than zero before, or if no leader is killed. */
    long failOverMillis() {
        return failOverMillis.get();
    }

    /** Kills a node with SIGKILL, starts it again after a while; true if it came back. */
    boolean killAndRestart(Victim victim, Duration down) {
        OptionalInt leader = leader();
        if (leader.isEmpty()) {
            screen.event(
                    "the nodes do not agree on a leader within " + LEADER_LIMIT.toSeconds() + " s; none is killed");
            return false;
        }
        boolean leads = victim == Victim.leader;
        int node = leads ? leader.getAsInt() : (leader.getAsInt() + 1) % fleet.size();
        load.takeLongestWriteGap();
        fleet.kill(node);
        screen.event("killed " + fleet.name(node) + ", " + (leads ? "the leader" : "a follower") + ", with SIGKILL");
        fleet.await(down, () -> false);
        if (leads) {
            failOverMillis.set(load.takeLongestWriteGap().toMillis());
            OptionalInt next = leader();
            screen.event("longest time without a successful write: " + failOverMillis + " ms; "
                    + (next.isPresent() ? fleet.name(next.getAsInt()) + " leads now" : "nobody leads yet"));
        }
        return startAgain(node);
    }

    private OptionalInt leader() {
        AtomicReference<OptionalInt> found = new AtomicReference<>(OptionalInt.empty());
        fleet.await(LEADER_LIMIT, () -> {
            found.set(fleet.leader());
            return found.get().isPresent();
        });
        return found.get();
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
            good &= startAgain(node);
            fleet.await(PAUSE, () -> false);
        }
        return good;
    }

    /** Starts a node that has ended, and waits until it is back. */
    boolean startAgain(int node) {
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
