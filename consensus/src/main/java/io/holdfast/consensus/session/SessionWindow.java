package io.holdfast.consensus.session;

import io.holdfast.consensus.state.StateLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers of one session and the operations that have one, and those that wait for one: a number is given only if fewer than the group's window lie between it and the oldest open one.
 * Without clock or I/O; belongs to who holds the session's lock.
 */
final class SessionWindow {
    private final Map<Long, PendingOperation> open = new LinkedHashMap<>();
    private final Deque<PendingOperation> waiting = new ArrayDeque<>();
    private long session;
    private long last;
    private boolean closed;

    /** Nothing begins any more; who waits is returned, and those under way end as they may. */
    List<PendingOperation> close() {
        closed = true;
        return drain();
    }

    boolean isClosed() {
        return closed;
    }

    long session() {
        return session;
    }

    /** A new session: numbers begin again. Operations of the old one keep their old numbers. */
    void begin(long id) {
        session = id;
        last = 0;
        open.clear();
    }

    /** No session. */
    void end() {
        begin(0);
    }

    /** Up to which number nobody will ask again. */
    long acked() {
        return open.isEmpty() ? last : open.keySet().iterator().next() - 1;
    }

    int waiting() {
        return waiting.size();
    }

    void await(PendingOperation operation) {
        waiting.addLast(operation);
    }

    void awaitFirst(PendingOperation operation) {
        waiting.addFirst(operation);
    }

    boolean stopWaiting(PendingOperation operation) {
        return waiting.remove(operation);
    }

    /** Gives numbers to as many as may have one, and returns these, to be sent; and those that belong to a session of the past, without a number in this one, to be told so. */
    List<PendingOperation> admit() {
        List<PendingOperation> admitted = new ArrayList<>(1);
        while (session != 0 && !waiting.isEmpty() && last - acked() < StateLimits.WINDOW) {
            PendingOperation next = waiting.pollFirst();
            if (!next.belongsTo(session)) {
                admitted.add(next);
            } else if (!next.result.isDone()) {
                next.session = session;
                next.sequence = ++last;
                next.doubtful = false;
                open.put(next.sequence, next);
                admitted.add(next);
            }
        }
        return admitted;
    }

    /** Nobody asks for this one again. */
    void settle(PendingOperation operation) {
        if (operation.session == session) {
            open.remove(operation.sequence);
        }
    }

    /** Ends all waiting and returns who waited. */
    List<PendingOperation> drain() {
        List<PendingOperation> drained = List.copyOf(waiting);
        waiting.clear();
        return drained;
    }
}
