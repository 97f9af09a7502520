package io.holdfast.consensus.session;

import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.Event;
import io.holdfast.consensus.state.Poll;
import io.holdfast.consensus.state.Query;
import io.holdfast.consensus.state.Query.Watch.Start;
import io.holdfast.core.Deadline;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one resource by asking again and again: each question waits at the replica until there is a command that was not seen, so an idle group costs one question in ten seconds.
 * One question or one call of the watcher is under way at any time, each begun by the end of the one before.
 */
final class GroupWatch {
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final long MAX_PAUSE_NANOS = 20_000_000;
    private static final Logger LOG = LoggerFactory.getLogger(GroupWatch.class);

    /** What is watched. */
    record Subject(int type, String name, KeyRange range) {}

    private final GroupSession session;
    private final Environment environment;
    private final ExecutorService watchers;
    private final Watcher watcher;
    private final Subject subject;
    private Start start = Start.NOW;
    private long from;
    private long cursor;
    private long revision;
    private long expiryNanos = Long.MAX_VALUE;
    private long pauseNanos;
    private volatile boolean closed;

    GroupWatch(
            GroupSession session, Environment environment, ExecutorService watchers, Watcher watcher, Subject subject) {
        this.session = session;
        this.environment = environment;
        this.watchers = watchers;
        this.watcher = watcher;
        this.subject = subject;
    }

    void start(long first) {
        from = first;
        start = first == 0 ? Start.NOW : Start.REVISION;
        cursor = first;
        // from now on: after all that the caller can know of; otherwise any replica will do
        ask(first == 0 ? ReadConsistency.LINEARIZABLE : ReadConsistency.LOCAL, LONGEST);
    }

    void close() {
        closed = true;
    }

    private void ask(ReadConsistency consistency, Duration wait) {
        if (closed || watchers.isShutdown()) {
            return;
        }
        Query.Watch query =
                new Query.Watch(subject.type, subject.name, start, cursor, subject.range.from(), subject.range.to());
        Deadline deadline = Deadline.after(environment.clock().nanoTime(), wait);
        session.ask(query, consistency, deadline).whenComplete((answer, error) -> {
            if (error != null) {
                failed(consistency);
            } else {
                answered(answer);
            }
        });
    }

    /** No command came in time, or nobody answered: what has expired since is found by asking for what was seen already. */
    private void failed(ReadConsistency consistency) {
        boolean waited = consistency instanceof ReadConsistency.AtLeast least && least.revision() > revision;
        later(waited ? Duration.ZERO : RETRY, waited || start == Start.EVENT ? seen() : consistency);
    }

    private ReadConsistency seen() {
        return ReadConsistency.atLeast(revision);
    }

    private void later(Duration delay, ReadConsistency consistency) {
        environment.scheduler().schedule(delay, () -> ask(consistency, LONGEST));
    }

    private void answered(Answer answer) {
        Poll poll = Poll.decode(answer.payload());
        boolean begins = start == Start.NOW;
        revision = Math.max(revision, answer.revision());
        expiryNanos = poll.expiryNanos();
        start = Start.EVENT;
        cursor = poll.next();
        if (begins) {
            deliver(watcher::onBegin);
        } else if (poll.compacted()) {
            pauseNanos = 0;
            long at = answer.revision();
            deliver(() -> watcher.onCompacted(at));
        } else {
            news(poll);
        }
    }

    /** A replica that has not come to the first revision of interest begins with its next event, which may be one before. */
    private void news(Poll poll) {
        List<Event> events =
                poll.events().stream().filter(event -> event.revision() >= from).toList();
        if (events.isEmpty()) {
            idle(poll);
        } else {
            pauseNanos = 0;
            deliver(() -> watcher.onEvents(events));
        }
    }

    /** Others keep the group busy: ask a little less often. */
    private void idle(Poll poll) {
        if (poll.more()) {
            ask(seen(), LONGEST);
            return;
        }
        long pause = pauseNanos;
        pauseNanos = Math.min(MAX_PAUSE_NANOS, pause * 2 + 1_000_000);
        if (pause == 0) {
            askNext();
        } else {
            environment.scheduler().schedule(Duration.ofNanos(pause), this::askNext);
        }
    }

    /** Waits for the next command, but not much longer than until something expires. */
    private void askNext() {
        Duration wait = LONGEST;
        if (expiryNanos < LONGEST.toNanos()) {
            wait = Duration.ofNanos(Math.max(SHORTEST.toNanos(), expiryNanos + SHORTEST.toNanos() / 2));
        }
        ask(ReadConsistency.atLeast(revision + 1), wait);
    }

    private void deliver(Runnable news) {
        try {
            watchers.execute(() -> {
                tell(news);
                ask(seen(), LONGEST);
            });
        } catch (RejectedExecutionException e) {
            if (!watchers.isShutdown()) {
                environment.scheduler().schedule(RETRY, () -> deliver(news));
            }
        }
    }

    private void tell(Runnable news) {
        if (closed) {
            return;
        }
        try {
            news.run();
        } catch (RuntimeException | Error e) {
            LOG.warn("a watcher of {} failed; it goes on with the next events", subject.name, e);
        }
    }
}
