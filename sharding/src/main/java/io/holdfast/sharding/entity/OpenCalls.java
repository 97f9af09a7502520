package io.holdfast.sharding.entity;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of this process's calls: given in order, each open until its caller has an answer. At one entity a call begins at most {@link #SPAN} after the oldest that is open there: so the answers of all that may
 * come again have room in its row ({@link AnswerWindow#MAX_ANSWERS}), and none is taken for one that was pushed out. The others wait in line. Safe for use by many threads.
 */
final class OpenCalls {
    /** Less than a row keeps of a session: a call that is caused by one of the same entity never waits, as that one would wait for it. */
    static final int SPAN = 48;

    private record Place(long number, long index) {}

    /** The calls at one entity. */
    private static final class Line {
        private final Map<RoutedCall, Place> open = new LinkedHashMap<>(); // the oldest first
        private final Set<RoutedCall> waiting = new LinkedHashSet<>();
        private long begun;
        private boolean moving; // a thread begins those that wait, one after the other

        private boolean isFull() {
            return !open.isEmpty() && begun - open.values().iterator().next().index() >= SPAN;
        }
    }

    private final Map<EntityId, Line> lines = new HashMap<>(); // guarded by this
    private long last; // guarded by this

    /**
     * Begins a call, now or when its turn comes.
     *
     * @param atOnce whether it must not wait
     */
    void open(RoutedCall call, boolean atOnce) {
        long number;
        synchronized (this) {
            Line line = lines.computeIfAbsent(call.entity(), entity -> new Line());
            if (!atOnce && (line.isFull() || !line.waiting.isEmpty())) {
                line.waiting.add(call);
                number = 0;
            } else {
                number = begin(line, call);
            }
        }
        if (number > 0) {
            call.begin(number);
        } else {
            call.waitInLine();
        }
    }

    private long begin(Line line, RoutedCall call) {
        last++;
        line.open.put(call, new Place(last, line.begun++));
        return last;
    }

    /** The call has ended. */
    void close(RoutedCall call) {
        synchronized (this) {
            Line line = lines.get(call.entity());
            if (line == null) {
                return;
            }
            line.open.remove(call);
            line.waiting.remove(call);
            if (line.open.isEmpty() && line.waiting.isEmpty()) {
                lines.remove(call.entity());
                return;
            }
            if (line.moving) {
                return; // whoever moves it sees the room
            }
            line.moving = true;
        }
        move(call.entity());
    }

    /** A loop, not a recursion: a call may end within its beginning. */
    private void move(EntityId entity) {
        boolean more = true;
        while (more) {
            RoutedCall next;
            long number = 0;
            synchronized (this) {
                Line line = lines.get(entity);
                next = line == null ? null : next(line);
                if (line != null && next != null) {
                    number = begin(line, next);
                } else if (line != null) {
                    line.moving = false;
                }
            }
            if (next != null) {
                next.begin(number);
            }
            more = next != null;
        }
    }

    private static @Nullable RoutedCall next(Line line) {
        Iterator<RoutedCall> waiting = line.waiting.iterator();
        if (!waiting.hasNext() || line.isFull()) {
            return null;
        }
        RoutedCall next = waiting.next();
        waiting.remove();
        return next;
    }

    /** The lowest number that is open at an entity, or the next one. */
    synchronized long first(EntityId entity) {
        Line line = lines.get(entity);
        return line == null || line.open.isEmpty()
                ? last + 1
                : line.open.values().iterator().next().number();
    }
}
