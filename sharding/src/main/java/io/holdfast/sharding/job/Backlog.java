package io.holdfast.sharding.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The ticks of a job that are due and undecided, in order.
 *
 * @param first the first of them
 * @param count how many; {@link JobEvent#MANY} means that many or more
 * @param before the last that is not among the newest, or an instant after it and before the newest; before the first if all are
 * @param newest the last of them, at most {@link Schedule#MAX_CAUGHT_UP}
 */
record Backlog(Instant first, int count, Instant before, Deque<Instant> newest) {
    /** How much of a very long past is looked at, from the longest. */
    private static final List<Duration> RECENT = List.of(
            Duration.ofDays(400), Duration.ofDays(31), Duration.ofDays(1), Duration.ofHours(1), Duration.ofMinutes(1));

    /**
     * Looks at a past.
     *
     * @param first the first undecided tick, which is due
     */
    static Backlog of(String job, Schedule schedule, Instant first, Instant now) {
        Optional<Backlog> counted = from(job, schedule, first, now);
        for (Duration recent : RECENT) {
            Instant since = now.minus(schedule.jitter()).minus(recent);
            counted = counted.or(() -> recent(job, schedule, first, since, now));
        }
        return counted.orElseGet(() -> between(job, schedule, first, now));
    }

    /** Each round window holds nothing or too much, as with a schedule that rests at night: one in between is found by halving. */
    private static Backlog between(String job, Schedule schedule, Instant first, Instant now) {
        Instant end = now.minus(schedule.jitter());
        Duration tooShort = Duration.ZERO;
        Duration tooLong = Duration.between(first, end);
        while (tooLong.minus(tooShort).toMillis() > 1) {
            Duration middle = tooShort.plus(tooLong.minus(tooShort).dividedBy(2));
            Instant since = end.minus(middle);
            Optional<Backlog> found = recent(job, schedule, first, since, now);
            if (found.isPresent()) {
                return found.get();
            }
            boolean empty = schedule.next(since)
                    .filter(start -> !schedule.due(job, start).isAfter(now))
                    .isEmpty();
            tooShort = empty ? middle : tooShort;
            tooLong = empty ? tooLong : middle;
        }
        throw new IllegalStateException("job " + job + ": " + schedule + " ticks more than " + JobEvent.MANY
                + " times in a millisecond; every 100 ms is the most, take a longer period");
    }

    private static Optional<Backlog> recent(String job, Schedule schedule, Instant first, Instant since, Instant now) {
        return schedule.next(since)
                .filter(start ->
                        since.isAfter(first) && !schedule.due(job, start).isAfter(now))
                .flatMap(start -> from(job, schedule, start, now))
                .map(found -> new Backlog(
                        first, JobEvent.MANY, found.before.isBefore(found.first) ? since : found.before, found.newest));
    }

    /** Empty if there are too many to count. */
    private static Optional<Backlog> from(String job, Schedule schedule, Instant first, Instant now) {
        Deque<Instant> newest = new ArrayDeque<>();
        Instant before = first.minusMillis(1);
        int count = 0;
        Optional<Instant> next = Optional.of(first);
        while (next.isPresent() && !schedule.due(job, next.get()).isAfter(now)) {
            if (++count == JobEvent.MANY) {
                return Optional.empty();
            }
            newest.addLast(next.get());
            if (newest.size() > Schedule.MAX_CAUGHT_UP) {
                before = newest.removeFirst();
            }
            next = schedule.next(next.get());
        }
        return Optional.of(new Backlog(first, count, before, newest));
    }
}
