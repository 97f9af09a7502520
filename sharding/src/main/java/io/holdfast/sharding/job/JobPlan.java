package io.holdfast.sharding.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/** What an owner does with a job now: a function of its schedule, of what was decided, and of the time. Touches nothing. */
sealed interface JobPlan {
    /** Nothing is due before an instant. */
    record Await(Instant due) implements JobPlan {}

    /** There is no tick any more. */
    record Over() implements JobPlan {}

    /**
     * Ticks are due.
     *
     * @param missed those that are not run, if there are any; all come before the one that is
     * @param run the tick to claim and run, if there is one
     */
    record Act(Optional<Missed> missed, Optional<Instant> run) implements JobPlan {}

    /** Ticks in a row that nobody runs. */
    record Missed(Instant first, Instant last, int count) {}

    /**
     * Decides.
     *
     * @param job the job's name
     * @param through the last tick that was decided on
     * @param now the wall clock
     */
    static JobPlan of(String job, Schedule schedule, Instant through, Instant now) {
        Optional<Instant> next = schedule.next(through);
        if (next.isEmpty()) {
            return new Over();
        }
        Instant first = next.get();
        Instant due = schedule.due(job, first);
        return due.isAfter(now) ? new Await(due) : act(job, schedule, Backlog.of(job, schedule, first, now), now);
    }

    private static Act act(String job, Schedule schedule, Backlog late, Instant now) {
        Deque<Instant> newest = late.newest();
        Instant last = newest.getLast();
        return switch (schedule.misfire()) {
            case RUN_ALL -> run(late, newest.getFirst(), late.before(), newest.size());
            case RUN_ONCE -> runLast(late);
            case SKIP ->
                Duration.between(schedule.due(job, last), now).compareTo(schedule.grace()) > 0
                        ? new Act(Optional.of(new Missed(late.first(), last, late.count())), Optional.empty())
                        : runLast(late);
        };
    }

    private static Act runLast(Backlog late) {
        Iterator<Instant> backwards = late.newest().descendingIterator();
        Instant last = backwards.next();
        return run(late, last, backwards.hasNext() ? backwards.next() : late.before(), 1);
    }

    /** Runs a tick, with which so many are left; those up to {@code before} are missed. */
    private static Act run(Backlog late, Instant tick, Instant before, int left) {
        if (before.isBefore(late.first())) {
            return new Act(Optional.empty(), Optional.of(tick));
        }
        int missed = late.count() == JobEvent.MANY ? JobEvent.MANY : late.count() - left;
        return new Act(Optional.of(new Missed(late.first(), before, missed)), Optional.of(tick));
    }
}
