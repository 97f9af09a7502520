package io.holdfast.sharding.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The ticks of a job that are due and undecided, in order.
 *
 * @param first the first of them
 * @param count how many; {@link JobEvent#MANY} means that many or more
 * @param before the last that is not among the newest; before the first if all are
 * @param newest the last of them, at most {@link Schedule#MAX_CAUGHT_UP}
 */
record Backlog(Instant first, int count, Instant before, Deque<Instant> newest) {
    /** Twice this has no {@link JobEvent#MANY} ticks, be they as frequent and as late as they may. */
    private static final Duration SHORT = Duration.ofSeconds(30);

    /**
     * Looks at a past.
     *
     * @param first the first undecided tick, which is due
     */
    static Backlog of(String job, Schedule schedule, Instant first, Instant now) {
        Backlog all = from(job, schedule, Optional.of(first), now);
        return all.count < JobEvent.MANY ? all : recent(job, schedule, first, now);
    }

    /** Too many to count: of the end of such a past as much is looked at as has the newest in it. Doubling finds it, and halving where a schedule rests at night. */
    private static Backlog recent(String job, Schedule schedule, Instant first, Instant now) {
        Instant end = now.minus(schedule.jitter()); // what comes later may not be due
        Duration tooShort = SHORT;
        Duration tooLong = Duration.between(first, end);
        while (tooLong.minus(tooShort).toMillis() > 1) {
            Duration doubled = tooShort.multipliedBy(2);
            Duration half = tooShort.plus(tooLong).dividedBy(2);
            Duration length = doubled.compareTo(half) < 0 ? doubled : half;
            Backlog found = from(job, schedule, schedule.next(end.minus(length)), now);
            if (found.count == JobEvent.MANY) {
                tooLong = length;
            } else if (found.count <= Schedule.MAX_CAUGHT_UP) {
                tooShort = length;
            } else {
                return new Backlog(first, JobEvent.MANY, found.before, found.newest);
            }
        }
        throw new IllegalStateException("job " + job + ": " + schedule + " ticks more than " + JobEvent.MANY
                + " times in a millisecond; every 100 ms is the most, take a longer period");
    }

    /** Counts no further than to {@link JobEvent#MANY}. */
    private static Backlog from(String job, Schedule schedule, Optional<Instant> start, Instant now) {
        Deque<Instant> newest = new ArrayDeque<>();
        Instant first = start.orElse(now);
        Instant before = first.minusMillis(1);
        int count = 0;
        Optional<Instant> next = start;
        while (count < JobEvent.MANY
                && next.isPresent()
                && !schedule.due(job, next.get()).isAfter(now)) {
            count++;
            newest.addLast(next.get());
            if (newest.size() > Schedule.MAX_CAUGHT_UP) {
                before = newest.removeFirst();
            }
            next = schedule.next(next.get());
        }
        return new Backlog(first, count, before, newest);
    }
}
