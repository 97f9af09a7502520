package io.holdfast.testkit.sim;

import java.util.Arrays;

/** Virtual time: one heap of events ordered by (time, sequence). Four children a parent, times beside the events, so that sifting stays in one cache line. */
final class Kernel {
    /** Something that happens at an instant. */
    abstract static class Event {
        private long sequence;

        abstract void fire();

        /** When it happens after a clock was changed; {@code at} if it does not depend on a clock. */
        long retimed(long at) {
            return at;
        }
    }

    private static final int MAX_WAITING = 10_000_000;
    private static final int MAX_AT_ONE_INSTANT = 5_000_000;

    private long[] times = new long[1024];
    private Event[] events = new Event[1024];
    private int size;
    private long now;
    private long sequence;
    private long fired;
    private long firedBeforeThisInstant;

    /** Nanoseconds of virtual time since the world began. */
    long now() {
        return now;
    }

    long fired() {
        return fired;
    }

    /** Lets an event happen, now at the earliest; events of one instant happen in the order in which they were added. */
    void add(long at, Event event) {
        if (size == MAX_WAITING) {
            throw new IllegalStateException(
                    size
                            + " events wait, the limit of a simulation; look for a protocol that answers each message with more than one");
        }
        if (size == events.length) {
            times = Arrays.copyOf(times, size * 2);
            events = Arrays.copyOf(events, size * 2);
        }
        event.sequence = ++sequence;
        siftUp(size++, Math.max(at, now), event);
    }

    /** Lets the next event happen if it is due at or before the limit. */
    boolean step(long limit) {
        if (size == 0 || times[0] > limit) {
            return false;
        }
        Event next = events[0];
        enter(times[0]);
        removeFirst();
        fired++;
        next.fire();
        return true;
    }

    /** Moves the clock on to an instant before which nothing is due any more. */
    void passTo(long instant) {
        enter(Math.max(now, instant));
    }

    private void enter(long instant) {
        if (instant != now) {
            now = instant;
            firedBeforeThisInstant = fired;
        } else if (fired - firedBeforeThisInstant > MAX_AT_ONE_INSTANT) {
            throw new IllegalStateException("more than " + MAX_AT_ONE_INSTANT + " events at " + now
                    + " ns of virtual time; look for a timer that is set to now again and again");
        }
    }

    /** Asks each event anew when it happens; for the rare moment when a clock jumps. */
    void retime() {
        for (int i = 0; i < size; i++) {
            times[i] = Math.max(now, events[i].retimed(times[i]));
        }
        for (int i = (size - 2) >> 2; i >= 0; i--) {
            siftDown(i, times[i], events[i]);
        }
    }

    private void removeFirst() {
        int last = --size;
        Event moved = events[last];
        // the slot above the end may keep its event for a while: it holds on to one event, not to a leak
        if (last > 0) {
            siftDown(0, times[last], moved);
        }
    }

    private void siftUp(int start, long time, Event event) {
        int i = start;
        while (i > 0) {
            int parent = (i - 1) >> 2;
            if (!before(time, event, parent)) {
                break;
            }
            times[i] = times[parent];
            events[i] = events[parent];
            i = parent;
        }
        times[i] = time;
        events[i] = event;
    }

    private void siftDown(int start, long time, Event event) {
        int i = start;
        while (true) {
            int first = (i << 2) + 1;
            if (first >= size) {
                break;
            }
            int least = first;
            int end = Math.min(first + 4, size);
            for (int child = first + 1; child < end; child++) {
                if (before(times[child], events[child], least)) {
                    least = child;
                }
            }
            if (before(time, event, least)) {
                break;
            }
            times[i] = times[least];
            events[i] = events[least];
            i = least;
        }
        times[i] = time;
        events[i] = event;
    }

    private boolean before(long time, Event event, int other) {
        return time < times[other] || (time == times[other] && event.sequence < events[other].sequence);
    }
}
