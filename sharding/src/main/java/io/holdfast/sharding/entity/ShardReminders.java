package io.holdfast.sharding.entity;

import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.sharding.Tenure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reminders of a shard that come due soon. Rows are read for a while ahead; those that this owner adds itself are known without reading, and nobody else may add any. Safe for use by many threads.
 */
final class ShardReminders {
    private static final Logger log = LoggerFactory.getLogger(EntityHost.class);
    private static final int MAX_KNOWN = 10_000;
    private static final int PAGE = 500;
    private static final long AHEAD_MILLIS = 60_000;
    private static final long MARGIN_MILLIS = 15_000;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final long FIRST_RETRY_MILLIS = 500;
    private static final long LAST_RETRY_MILLIS = 60_000;
    private static final long UNREAD = Long.MIN_VALUE;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** A reminder in memory. */
    private static final class Known {
        private long fireAt; // milliseconds of the time of day
        private int failures;
        private boolean fired;
    }

    private final HostedShard shard;
    private final long session;
    private final Map<Reminder, Known> known = new HashMap<>(); // this and all below: guarded by this
    private long readUntil = UNREAD; // all rows due up to here are known
    private long reading = UNREAD; // as far as the present read goes
    private long notBeforeNanos; // reads that find more than may be known, or fail, are not made at once again
    private boolean stale; // a commit is lost on its way: read anew
    private long fired;

    ShardReminders(HostedShard shard, long session) {
        this.shard = shard;
        this.session = session;
        this.notBeforeNanos = shard.side().nanoTime();
    }

    /** Lets those run that are due, and reads on. Called again and again. */
    void tick() {
        long now = shard.side().wallMillis();
        List<Reminder> due = new ArrayList<>();
        boolean read = false;
        synchronized (this) {
            for (Map.Entry<Reminder, Known> entry : known.entrySet()) {
                if (!entry.getValue().fired && entry.getValue().fireAt <= now) {
                    entry.getValue().fired = true;
                    due.add(entry.getKey());
                }
            }
            boolean more = stale || readUntil == UNREAD || now + MARGIN_MILLIS > readUntil;
            if (more && reading == UNREAD && shard.side().nanoTime() - notBeforeNanos >= 0) {
                reading = now + AHEAD_MILLIS;
                stale = false;
                read = true;
            }
        }
        due.forEach(this::fire);
        if (read) {
            read("");
        }
    }

    private void fire(Reminder reminder) {
        long number;
        synchronized (this) {
            number = ++fired;
        }
        Deadline deadline = Deadline.after(shard.side().nanoTime(), LIMIT);
        RemindTurn turn = new RemindTurn(reminder, new CallId(session, number), deadline);
        turn.result()
                .whenComplete((served, error) -> fired(reminder, error == null && served instanceof Served.Answered));
        shard.take(turn);
    }

    private synchronized void fired(Reminder reminder, boolean done) {
        Known entry = known.get(reminder);
        if (entry == null || done) {
            known.remove(reminder);
            return;
        }
        long pause = Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(16, entry.failures));
        entry.failures++;
        entry.fired = false;
        entry.fireAt = shard.side().wallMillis() + pause;
    }

    private void read(String after) {
        Tenure tenure = shard.tenure();
        Deadline deadline =
                Deadline.after(shard.side().nanoTime(), shard.side().limits().commit());
        tenure.table()
                .scan(RowKeys.reminders(tenure.shard()), after, PAGE, ReadConsistency.LINEARIZABLE, deadline)
                .whenComplete((page, error) -> {
                    String next = error == null ? learn(page) : null;
                    if (next == null) {
                        over(error);
                    } else {
                        read(next);
                    }
                });
    }

    /** The key after which to read on; null if enough is known. */
    private synchronized @Nullable String learn(ReplicatedTable.Page page) {
        for (ReplicatedTable.Row row : page.rows()) {
            Reminder reminder;
            try {
                reminder = RowKeys.reminder(shard.tenure().shard(), row.key());
            } catch (io.holdfast.core.ProtocolException flaw) {
                log.warn("a reminder is left out: {}", flaw.getMessage());
                continue;
            }
            if (reminder.dueMillis() > reading) {
                return null;
            }
            if (!add(reminder)) {
                reading = Math.min(reading, reminder.dueMillis() - 1);
                return null;
            }
        }
        return page.more() ? page.rows().get(page.rows().size() - 1).key() : null;
    }

    private boolean add(Reminder reminder) {
        if (known.containsKey(reminder)) {
            return true;
        }
        if (known.size() >= MAX_KNOWN) {
            return false;
        }
        Known entry = new Known();
        entry.fireAt = reminder.dueMillis();
        known.put(reminder, entry);
        return true;
    }

    private synchronized void over(@Nullable Throwable error) {
        if (error == null) {
            readUntil = reading;
        } else {
            stale = true;
        }
        reading = UNREAD;
        notBeforeNanos = shard.side().nanoTime() + PAUSE.toNanos();
    }

    /** A commit of an entity of this shard has changed its reminders. */
    synchronized void changed(EntityId entity, EntityRow before, EntityRow after) {
        if (before.reminders().equals(after.reminders())) {
            return;
        }
        before.reminders().forEach((name, due) -> {
            if (!due.equals(after.reminders().get(name))) {
                known.remove(new Reminder(due, entity, name));
            }
        });
        after.reminders().forEach((name, due) -> {
            boolean soon = due <= Math.max(readUntil, reading);
            if (soon && !due.equals(before.reminders().get(name)) && !add(new Reminder(due, entity, name))) {
                readUntil = Math.min(readUntil, due - 1);
            }
        });
    }

    /** A commit is lost on its way: it may have added some. */
    synchronized void doubt() {
        stale = true;
    }
}
