package io.holdfast.consensus.session;

import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.Command;
import io.holdfast.core.Deadline;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a session when one is wanted, keeps it alive, and notices its end. Any thread. */
final class SessionLife {
    /** Those who wait for a session. */
    interface Waiting {
        /** There is one: these have their numbers. */
        void send(List<PendingOperation> admitted);

        /** The group opens none. */
        void refuse(List<PendingOperation> waiting, RefusedException why);
    }

    private static final Logger LOG = LoggerFactory.getLogger(SessionLife.class);

    private final SessionParts parts;
    private final Waiting waiting;
    /** In the order in which they came; whoever waits is one. */
    private final Map<Long, Consumer<SessionChange>> listeners = new ConcurrentSkipListMap<>();

    private final AtomicLong listened = new AtomicLong();
    private boolean opening;
    private int failedOpens;
    private boolean suspended;
    private long contactNanos;

    SessionLife(SessionParts parts, Waiting waiting) {
        this.parts = parts;
        this.waiting = waiting;
    }

    Registration listen(Consumer<SessionChange> listener) {
        long number = listened.incrementAndGet();
        listeners.put(number, listener);
        return () -> listeners.remove(number);
    }

    private void tell(SessionChange.State state, long session) {
        SessionChange change = new SessionChange(state, session);
        listeners.values().forEach(listener -> tell(listener, change));
    }

    /** What a listener throws must not keep the session from going on. */
    private static void tell(Consumer<SessionChange> listener, SessionChange change) {
        try {
            listener.accept(change);
        } catch (RuntimeException e) {
            LOG.warn("a listener to the session failed on {}", change, e);
        }
    }

    long aliveUntilNanos() {
        return parts.locked(() -> contactNanos + parts.config().timeToLive().toNanos());
    }

    /** Opens a session unless there is one, or one is being opened. */
    void open() {
        boolean begins = parts.locked(() -> {
            boolean wanted =
                    !parts.window().isClosed() && !opening && parts.window().session() == 0;
            opening |= wanted;
            return wanted;
        });
        if (!begins) {
            return;
        }
        long sent = parts.now();
        byte[] command = new Command.Open(
                        parts.config().timeToLive().toNanos(), parts.node().value())
                .encode();
        parts.log().propose(command, parts.attempt(Deadline.NONE, sent)).whenComplete((bytes, error) -> {
            Answer answer = error == null ? Answer.decode(bytes) : null;
            if (answer != null && answer.status() == Answer.Status.OK) {
                opened(answer.revision(), sent);
            } else {
                notOpened(answer);
            }
        });
    }

    private void opened(long session, long sent) {
        List<PendingOperation> admitted = List.of();
        boolean late;
        parts.lock().lock();
        try {
            opening = false;
            failedOpens = 0;
            late = parts.window().isClosed();
            if (!late) {
                parts.window().begin(session);
                contactNanos = sent;
                suspended = false;
                admitted = parts.window().admit();
            }
        } finally {
            parts.lock().unlock();
        }
        if (late) {
            end(session);
            return;
        }
        tell(SessionChange.State.OPEN, session);
        waiting.send(admitted);
        watch(session);
    }

    private void notOpened(@Nullable Answer answer) {
        List<PendingOperation> refused = List.of();
        boolean wanted;
        int failures;
        parts.lock().lock();
        try {
            opening = false;
            failures = ++failedOpens;
            if (answer != null) {
                refused = parts.window().drain();
            }
            wanted = parts.window().waiting() > 0;
        } finally {
            parts.lock().unlock();
        }
        if (answer != null) {
            String why = "group " + parts.group() + " opens no session: " + answer.words();
            waiting.refuse(refused, new RefusedException(why));
        }
        if (wanted) {
            parts.environment().scheduler().schedule(parts.backOff(failures, Duration.ZERO), this::open);
        }
    }

    /** The group has answered to something sent at this time. */
    void heard(long session, long sentNanos) {
        boolean back = parts.locked(() -> {
            if (session != parts.window().session()) {
                return false;
            }
            contactNanos = sentNanos - contactNanos > 0 ? sentNanos : contactNanos;
            boolean again =
                    suspended && contactNanos + parts.config().timeToLive().toNanos() - parts.now() > 0;
            suspended &= !again;
            return again;
        });
        if (back) {
            tell(SessionChange.State.OPEN, session);
        }
    }

    /** Four times in the time to live: a sign of life if nothing else gave one, and an eye on the clock. */
    private void watch(long session) {
        long ttl = parts.config().timeToLive().toNanos();
        long quiet;
        boolean suspends;
        long acked;
        parts.lock().lock();
        try {
            if (parts.window().isClosed() || session != parts.window().session()) {
                return;
            }
            quiet = parts.now() - contactNanos;
            suspends = !suspended && quiet >= ttl;
            suspended |= suspends;
            acked = parts.window().acked();
        } finally {
            parts.lock().unlock();
        }
        if (suspends) {
            tell(SessionChange.State.SUSPENDED, session);
        }
        long step = ttl / 4;
        if (quiet >= step) {
            keepAlive(session, acked);
        }
        long untilSuspended = ttl - quiet;
        long next = untilSuspended > 0 ? Math.min(step, untilSuspended) : step;
        parts.environment().scheduler().schedule(Duration.ofNanos(next), () -> watch(session));
    }

    private void keepAlive(long session, long acked) {
        long sent = parts.now();
        byte[] command = new Command.KeepAlive(session, acked).encode();
        parts.log().propose(command, parts.attempt(Deadline.NONE, sent)).whenComplete((bytes, error) -> {
            if (error == null) {
                Answer answer = Answer.decode(bytes);
                if (answer.status() == Answer.Status.SESSION_GONE) {
                    lose(session);
                } else {
                    heard(session, sent);
                }
            }
        });
    }

    /** The group has ended the session. */
    void lose(long session) {
        boolean wanted;
        parts.lock().lock();
        try {
            if (session != parts.window().session()) {
                return;
            }
            parts.window().end();
            suspended = false;
            wanted = parts.window().waiting() > 0;
        } finally {
            parts.lock().unlock();
        }
        tell(SessionChange.State.LOST, session);
        if (wanted) {
            open();
        }
    }

    /** This node ends the session, if there is one: who holds something stops before others may have it, and nobody waits any longer. */
    void close(long session) {
        tell(SessionChange.State.CLOSED, session);
        if (session != 0) {
            end(session);
        }
    }

    private void end(long session) {
        parts.log().propose(new Command.Close(session).encode(), parts.attempt(Deadline.NONE, parts.now()));
    }
}
