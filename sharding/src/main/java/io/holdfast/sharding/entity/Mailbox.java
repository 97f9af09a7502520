package io.holdfast.sharding.entity;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an entity is to do: what runs, and what waits in the order in which it came. Its owner's lock guards it. */
final class Mailbox {
    /** What became of a turn that was offered. */
    enum Entry {
        /** It waits. */
        WAITS,
        /** It may run now, beside the one that caused it. */
        BESIDE,
        /** The one that caused it runs, and counts no more; so this one must go elsewhere, or come again. */
        AWAY,
        /** It is there already: both get one answer. */
        JOINED,
        /** Too many wait. */
        FULL,
        /** One that runs has caused it, and would wait for it for ever. */
        REENTERS
    }

    private final int limit;
    private final boolean reentrant;
    private final ArrayDeque<Turn> waiting = new ArrayDeque<>(2);
    private final List<Turn> running = new ArrayList<>(1);
    private final Map<CallId, Turn> known = new HashMap<>(4);

    Mailbox(int limit, boolean reentrant) {
        this.limit = limit;
        this.reentrant = reentrant;
    }

    /**
     * Takes a turn in, or says why not.
     *
     * @param ready whether one may run now
     */
    Entry offer(Turn turn, boolean ready) {
        Turn same = turn.id() == null ? null : known.get(turn.id());
        if (same != null) {
            same.join(turn.copies());
            same.result().whenComplete((served, error) -> {
                if (error == null) {
                    turn.result().complete(served);
                } else {
                    turn.result().completeExceptionally(error);
                }
            });
            return Entry.JOINED;
        }
        Turn cause = running.stream().filter(turn::isCausedBy).findFirst().orElse(null);
        if (cause != null && !reentrant) {
            return Entry.REENTERS;
        }
        if (cause != null && (!ready || cause.isOrphaned())) {
            return Entry.AWAY;
        }
        if (waiting.size() + running.size() >= limit) {
            return Entry.FULL;
        }
        if (turn.id() != null) {
            known.put(turn.id(), turn);
        }
        if (cause != null) {
            running.add(turn);
            return Entry.BESIDE;
        }
        waiting.add(turn);
        return Entry.WAITS;
    }

    /** The next one, which runs from now on; null if one runs, or none waits. */
    @Nullable Turn begin() {
        Turn next = running.isEmpty() ? waiting.poll() : null;
        if (next != null) {
            running.add(next);
        }
        return next;
    }

    void end(Turn turn) {
        running.remove(turn);
        forget(turn);
    }

    private void forget(Turn turn) {
        if (turn.id() != null) {
            known.remove(turn.id());
        }
    }

    boolean isRunning() {
        return !running.isEmpty();
    }

    boolean isEmpty() {
        return running.isEmpty() && waiting.isEmpty();
    }

    List<Turn> running() {
        return List.copyOf(running);
    }

    /** All that wait, which wait no more. */
    List<Turn> takeWaiting() {
        List<Turn> taken = List.copyOf(waiting);
        waiting.clear();
        taken.forEach(this::forget);
        return taken;
    }
}
