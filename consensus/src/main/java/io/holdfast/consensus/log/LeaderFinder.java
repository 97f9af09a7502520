package io.holdfast.consensus.log;

import io.holdfast.core.NodeId;
import io.holdfast.core.cluster.Leadership.Term;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Asks other nodes who leads: while this one does not know, and while the one it knows is silent. The voters are asked first. */
final class LeaderFinder {
    private static final int AT_ONCE = 3;
    private static final int IN_DOUBT = 2;
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(400);
    /** Times before the pause is longer by another {@link #PAUSE}: an election is waited for closely, an outage of many nodes is no storm of questions. */
    private static final int CLOSELY = 10;

    private static final long SHORTEST_DOUBT_NANOS = 100_000_000;
    private static final long LONGEST_DOUBT_NANOS = 400_000_000;

    private final GroupContext context;
    private final AtomicBoolean asking = new AtomicBoolean();
    private Term doubted;
    private long askAgainNanos;
    private long pauseNanos;
    private volatile boolean closed;

    LeaderFinder(GroupContext context) {
        this.context = context;
        this.doubted = context.leader().current();
        this.askAgainNanos = context.now();
        this.pauseNanos = SHORTEST_DOUBT_NANOS;
    }

    /** Asks until a leader is known. Does nothing if that is under way. */
    void want() {
        if (!closed && asking.compareAndSet(false, true)) {
            again(0);
        }
    }

    private void again(int times) {
        Term known = context.leader().current();
        if (closed || known.leader().isPresent()) {
            asking.set(false);
            return;
        }
        ask(known, AT_ONCE);
        Duration pause = PAUSE.multipliedBy(1L + times / CLOSELY);
        context.later(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE, () -> again(times + 1));
    }

    /** The leader that this node knows has not answered for a while: others may know a newer one. They are asked now and then only, however often and by whomever this is called. */
    void doubt(Term silent) {
        synchronized (this) {
            long now = context.now();
            if (!silent.equals(doubted)) {
                doubted = silent;
                pauseNanos = SHORTEST_DOUBT_NANOS;
            } else if (now - askAgainNanos < 0) {
                return;
            }
            askAgainNanos = now + pauseNanos;
            pauseNanos = Math.min(LONGEST_DOUBT_NANOS, 2 * pauseNanos);
        }
        ask(silent, IN_DOUBT);
    }

    /** Asks some nodes once; what they answer is taken note of if it is news. */
    private void ask(Term known, int atOnce) {
        Set<NodeId> nodes = new LinkedHashSet<>(shuffled(context.replicas().nodes()));
        nodes.addAll(shuffled(context.candidates().get()));
        nodes.remove(context.self());
        known.leader().ifPresent(nodes::remove);
        nodes.stream().limit(atOnce).forEach(node -> {
            var unused = context.ask(
                            node,
                            Route.LEADER,
                            GroupContext.QUESTION,
                            context.within(context.config().roundTimeout()))
                    .thenAccept(this::told);
        });
    }

    private void told(Answer answer) {
        if (answer.status() == Answer.Status.DONE) {
            context.replicas().learn(KnownReplicas.decode(answer.body().duplicate()));
        }
    }

    private List<NodeId> shuffled(List<NodeId> nodes) {
        List<NodeId> rotated = new ArrayList<>(nodes);
        if (!rotated.isEmpty()) {
            synchronized (context.random()) {
                Collections.rotate(rotated, context.random().nextInt(rotated.size()));
            }
        }
        return rotated;
    }

    void close() {
        closed = true;
    }
}
