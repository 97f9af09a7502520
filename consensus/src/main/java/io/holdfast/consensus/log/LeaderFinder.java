package io.holdfast.consensus.log;

import io.holdfast.core.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Asks other nodes who leads, while this one does not know. */
final class LeaderFinder {
    private static final int AT_ONCE = 3;
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final GroupContext context;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile boolean closed;

    LeaderFinder(GroupContext context) {
        this.context = context;
    }

    /** Asks until a leader is known. Does nothing if that is under way. */
    void want() {
        if (!closed && asking.compareAndSet(false, true)) {
            again();
        }
    }

    private void again() {
        if (closed || context.leader().current().leader().isPresent()) {
            asking.set(false);
            return;
        }
        ask();
        context.later(PAUSE, this::again);
    }

    /** Asks some nodes once; what they answer is taken note of if it is news. */
    void ask() {
        List<NodeId> others = new ArrayList<>(context.candidates().get());
        others.remove(context.self());
        if (!others.isEmpty()) {
            synchronized (context.random()) {
                Collections.rotate(others, context.random().nextInt(others.size()));
            }
        }
        others.stream().limit(AT_ONCE).forEach(node -> {
            var unused = context.ask(
                    node,
                    Route.LEADER,
                    GroupContext.QUESTION,
                    context.within(context.config().roundTimeout()));
        });
    }

    void close() {
        closed = true;
    }
}
