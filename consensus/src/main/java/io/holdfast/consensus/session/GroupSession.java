package io.holdfast.consensus.session;

import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.Command;
import io.holdfast.consensus.state.Query;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.Retry;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedLog;
import io.holdfast.core.env.Environment;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node's session with one group. It gives each operation a number and sends it, again and again under that number, until it has an answer or its deadline has come; the group applies
 * it once. It opens itself with the first operation, and another one when the group has ended it.
 *
 * <p>An operation ends in one of three ways: its answer; an exception whose {@link HoldfastException#retry()} is {@link Retry#SAFE} or {@link Retry#NEVER}, and it was surely not done; or
 * {@link UnknownOutcomeException}: it may have been done, which only a read can tell.
 *
 * <p>Results are completed on the thread that the log completes on, without a hand-over: what depends on them must not block.
 * Safe for use by many threads.
 */
public final class GroupSession implements AutoCloseable {
    private static final int MAX_WATCH_TASKS = 256;

    private final ReplicatedLog log;
    private final NodeId node;
    private final SessionConfig config;
    private final Environment environment;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final SessionWindow window = new SessionWindow();
    private final AtomicLong revision = new AtomicLong();
    private final AtomicLong numbers = new AtomicLong();
    private final List<Consumer<SessionChange>> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService watchers;
    private boolean opening;
    private int failedOpens;
    private boolean closed;
    private boolean suspended;
    private long contactNanos;

    private GroupSession(ReplicatedLog log, NodeId node, SessionConfig config, Environment environment) {
        this.log = log;
        this.node = node;
        this.config = config;
        this.environment = environment;
        this.random = environment.random().split("session " + log.group());
        this.watchers = environment.threads().handlers("watch-" + log.group(), MAX_WATCH_TASKS);
    }

    /**
     * A session that opens itself with the first operation.
     *
     * @param log the group's log on this node; stays the caller's
     * @param node this node, for people who look at the group's sessions
     * @param config how it behaves
     * @param environment clocks and timers
     * @return the session
     */
    public static GroupSession start(ReplicatedLog log, NodeId node, SessionConfig config, Environment environment) {
        return new GroupSession(log, node, config, environment);
    }

    /**
     * The group.
     *
     * @return its id
     */
    public GroupId group() {
        return log.group();
    }

    /**
     * This node.
     *
     * @return its id
     */
    public NodeId node() {
        return node;
    }

    /**
     * The present session's id in the group.
     *
     * @return the id; 0 if there is none, or if it was closed
     */
    public long id() {
        lock.lock();
        try {
            return closed ? 0 : window.session();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The newest revision that an answer to this session has shown: a read of at least this one sees all that was written and read through it before.
     *
     * @return the revision
     */
    public long revision() {
        return revision.get();
    }

    /**
     * Until when the group has surely not ended the session, by this node's clock.
     *
     * @return nanoseconds of the environment's monotonic clock, if the session is open
     */
    public long aliveUntilNanos() {
        lock.lock();
        try {
            return contactNanos + config.timeToLive().toNanos();
        } finally {
            lock.unlock();
        }
    }

    /**
     * After how long without a sign of life the group ends the session.
     *
     * @return the time to live
     */
    public Duration timeToLive() {
        return config.timeToLive();
    }

    /**
     * A number that was not given before, to tell apart what is done in this session.
     *
     * @return 1 and more
     */
    public long unique() {
        return numbers.incrementAndGet();
    }

    /**
     * Does an operation once.
     *
     * @param type the primitive's type
     * @param name the resource's name
     * @param operation {@code [opcode u8][version u8][payload]}; not to be changed any more
     * @param deadline until when the caller waits
     * @return the answer; fails with {@link RefusedException} (the state refused it), {@link NotAppliedException} or {@link OverloadedException} (surely not done), or {@link UnknownOutcomeException}
     */
    public CompletionStage<Answer> submit(int type, String name, byte[] operation, Deadline deadline) {
        return submitIn(0, type, name, operation, deadline);
    }

    /**
     * Does an operation once, in one session only: for what makes no sense in another, such as releasing what it holds.
     *
     * @param session the session, or 0 for any
     * @param type the primitive's type
     * @param name the resource's name
     * @param operation {@code [opcode u8][version u8][payload]}; not to be changed any more
     * @param deadline until when the caller waits
     * @return the answer; fails as {@link #submit}, and with {@link SessionLostException} if the session is not the present one
     */
    public CompletionStage<Answer> submitIn(long session, int type, String name, byte[] operation, Deadline deadline) {
        PendingOperation pending = new PendingOperation(type, name, operation, deadline, session);
        List<PendingOperation> admitted;
        boolean waits;
        lock.lock();
        try {
            HoldfastException refusal = refusal(pending);
            if (refusal != null) {
                pending.result.completeExceptionally(refusal);
                return pending.result;
            }
            window.await(pending);
            admitted = window.admit();
            waits = admitted.isEmpty();
        } finally {
            lock.unlock();
        }
        admitted.forEach(this::send);
        if (waits) {
            limitWaiting(pending);
            open();
        }
        return pending.result;
    }

    private @Nullable HoldfastException refusal(PendingOperation pending) {
        if (closed) {
            return new NotAppliedException("the session of " + node + " with group " + group() + " is closed");
        }
        if (pending.only != 0 && pending.only != window.session()) {
            return lost(pending);
        }
        if (window.waiting() >= config.maxWaiting()) {
            return new OverloadedException(
                    "node " + node + " has " + config.maxWaiting() + " operations waiting for group " + group()
                            + ", its limit (maxWaiting); slow the callers down",
                    Duration.ofMillis(100));
        }
        return null;
    }

    private SessionLostException lost(PendingOperation pending) {
        return new SessionLostException("session " + pending.only + " of " + node + " with group " + group()
                + " has ended, so " + pending.describe() + " in it was not done; acquire again what it held");
    }

    /** Who waits for a number has surely not been sent. */
    private void limitWaiting(PendingOperation pending) {
        if (!pending.deadline.isNone() && !pending.result.isDone()) {
            Registration timer = environment.scheduler().schedule(remaining(pending.deadline), () -> {
                boolean waited;
                lock.lock();
                try {
                    waited = window.stopWaiting(pending);
                } finally {
                    lock.unlock();
                }
                if (waited) {
                    pending.result.completeExceptionally(
                            new NotAppliedException(pending.describe() + " waited for a session with group " + group()
                                    + " until its deadline and was not sent; see whether the group has a majority"));
                }
            });
            pending.result.whenComplete((answer, error) -> timer.close());
        }
    }

    private Duration remaining(Deadline deadline) {
        return Duration.ofNanos(
                Math.max(0, deadline.remainingNanos(environment.clock().nanoTime())));
    }

    private Deadline attempt(Deadline deadline) {
        return deadline.earlier(Deadline.after(environment.clock().nanoTime(), config.attemptTimeout()));
    }

    private void send(PendingOperation pending) {
        byte[] command;
        lock.lock();
        try {
            pending.sentNanos = environment.clock().nanoTime();
            pending.attempts++;
            command = pending.command(
                    Math.min(pending.sequence - 1, pending.session == window.session() ? window.acked() : 0));
        } finally {
            lock.unlock();
        }
        log.propose(command, attempt(pending.deadline)).whenComplete((bytes, error) -> {
            if (error == null) {
                answered(pending, bytes);
            } else {
                failed(pending, error);
            }
        });
    }

    private void answered(PendingOperation pending, byte[] bytes) {
        Answer answer;
        try {
            answer = Answer.decode(bytes);
        } catch (HoldfastException e) {
            pending.doubtful = true;
            settle(pending, null, unknown(pending, e));
            return;
        }
        revision.accumulateAndGet(answer.revision(), Math::max);
        switch (answer.status()) {
            case OK -> {
                heard(pending.session, pending.sentNanos);
                settle(pending, answer, null);
            }
            case REFUSED -> {
                heard(pending.session, pending.sentNanos);
                settle(pending, null, new RefusedException(answer.words()));
            }
            case SESSION_GONE -> gone(pending);
            case PASSED -> settle(pending, null, unknown(pending, null));
            case FULL -> again(pending, Duration.ZERO, null);
        }
    }

    /** The group has answered to something sent at this time. */
    private void heard(long session, long sentNanos) {
        boolean back = false;
        lock.lock();
        try {
            if (session == window.session()) {
                contactNanos = sentNanos - contactNanos > 0 ? sentNanos : contactNanos;
                back = suspended
                        && contactNanos
                                        + config.timeToLive().toNanos()
                                        - environment.clock().nanoTime()
                                > 0;
                suspended &= !back;
            }
        } finally {
            lock.unlock();
        }
        if (back) {
            tell(new SessionChange(SessionChange.State.OPEN, session));
        }
    }

    private void settle(PendingOperation pending, @Nullable Answer answer, @Nullable Throwable error) {
        List<PendingOperation> admitted;
        lock.lock();
        try {
            window.settle(pending);
            admitted = window.waiting() == 0 ? List.of() : window.admit();
        } finally {
            lock.unlock();
        }
        if (answer != null) {
            pending.result.complete(answer);
        } else if (error != null) {
            pending.result.completeExceptionally(error);
        }
        admitted.forEach(this::send);
    }

    private UnknownOutcomeException unknown(PendingOperation pending, @Nullable Throwable cause) {
        return new UnknownOutcomeException(
                pending.describe() + " (session " + pending.session + ", number " + pending.sequence
                        + ") may or may not have been applied by group " + group()
                        + "; read what it was to change before doing it again, or do it again only if that does no harm",
                cause);
    }

    /** The session had ended when this was applied; if it was not applied before, it never was. */
    private void gone(PendingOperation pending) {
        lose(pending.session);
        if (pending.doubtful) {
            settle(pending, null, unknown(pending, null));
        } else if (pending.only != 0) {
            settle(pending, null, lost(pending));
        } else {
            requeue(pending);
        }
    }

    private void requeue(PendingOperation pending) {
        List<PendingOperation> admitted = List.of();
        boolean refused;
        lock.lock();
        try {
            window.settle(pending);
            refused = closed;
            if (!refused) {
                window.awaitFirst(pending);
                admitted = window.admit();
            }
        } finally {
            lock.unlock();
        }
        if (refused) {
            pending.result.completeExceptionally(new NotAppliedException(
                    pending.describe() + " was not done: the session of " + node + " was closed"));
        }
        admitted.forEach(this::send);
        if (!admitted.contains(pending)) {
            limitWaiting(pending);
            open();
        }
    }

    private void failed(PendingOperation pending, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        Retry retry = cause instanceof HoldfastException known ? known.retry() : Retry.NEVER;
        boolean surelyNot = retry == Retry.SAFE || cause instanceof IllegalArgumentException;
        pending.doubtful |= !surelyNot;
        if (retry == Retry.NEVER) {
            settle(pending, null, pending.doubtful ? unknown(pending, cause) : cause);
            return;
        }
        Duration wait =
                cause instanceof HoldfastException known ? known.retryAfter().orElse(Duration.ZERO) : Duration.ZERO;
        again(pending, wait, cause);
    }

    private void again(PendingOperation pending, Duration atLeast, @Nullable Throwable cause) {
        Duration wait = backOff(pending.attempts, atLeast);
        if (closed() || remaining(pending.deadline).compareTo(wait) <= 0) {
            Throwable outcome = cause == null
                    ? new NotAppliedException(pending.describe() + " was not done before its deadline")
                    : cause;
            settle(pending, null, pending.doubtful ? unknown(pending, cause) : outcome);
        } else {
            environment.scheduler().schedule(wait, () -> send(pending));
        }
    }

    private boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private Duration backOff(int attempts, Duration atLeast) {
        long base = config.retryDelay().toNanos() * Math.min(10, 1L << Math.min(attempts - 1, 4));
        double jitter;
        lock.lock();
        try {
            jitter = 0.5 + random.nextDouble();
        } finally {
            lock.unlock();
        }
        return Duration.ofNanos(Math.max(atLeast.toNanos(), (long) (base * jitter)));
    }

    private void open() {
        lock.lock();
        try {
            if (closed || opening || window.session() != 0) {
                return;
            }
            opening = true;
        } finally {
            lock.unlock();
        }
        long sent = environment.clock().nanoTime();
        byte[] command = new Command.Open(config.timeToLive().toNanos(), node.value()).encode();
        log.propose(command, attempt(Deadline.NONE)).whenComplete((bytes, error) -> {
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
        lock.lock();
        try {
            opening = false;
            failedOpens = 0;
            late = closed;
            if (!late) {
                window.begin(session);
                contactNanos = sent;
                suspended = false;
                admitted = window.admit();
            }
        } finally {
            lock.unlock();
        }
        if (late) {
            log.propose(new Command.Close(session).encode(), attempt(Deadline.NONE));
            return;
        }
        tell(new SessionChange(SessionChange.State.OPEN, session));
        admitted.forEach(this::send);
        watchLife(session);
    }

    private void notOpened(@Nullable Answer answer) {
        List<PendingOperation> refused = List.of();
        boolean wanted;
        int failures;
        lock.lock();
        try {
            opening = false;
            failures = ++failedOpens;
            if (answer != null) {
                refused = window.drain();
            }
            wanted = window.waiting() > 0;
        } finally {
            lock.unlock();
        }
        if (answer != null) {
            RefusedException why = new RefusedException("group " + group() + " opens no session: " + answer.words());
            refused.forEach(pending -> pending.result.completeExceptionally(why));
        }
        if (wanted) {
            environment.scheduler().schedule(backOff(failures, Duration.ZERO), this::open);
        }
    }

    /** Four times in the time to live: a sign of life if nothing else gave one, and an eye on the clock. */
    private void watchLife(long session) {
        long ttl = config.timeToLive().toNanos();
        long quiet;
        boolean suspends;
        long acked;
        lock.lock();
        try {
            if (closed || session != window.session()) {
                return;
            }
            quiet = environment.clock().nanoTime() - contactNanos;
            suspends = !suspended && quiet >= ttl;
            suspended |= suspends;
            acked = window.acked();
        } finally {
            lock.unlock();
        }
        if (suspends) {
            tell(new SessionChange(SessionChange.State.SUSPENDED, session));
        }
        long step = ttl / 4;
        if (quiet >= step) {
            keepAlive(session, acked);
        }
        long untilSuspended = ttl - quiet;
        long next = untilSuspended > 0 ? Math.min(step, untilSuspended) : step;
        environment.scheduler().schedule(Duration.ofNanos(next), () -> watchLife(session));
    }

    private void keepAlive(long session, long acked) {
        long sent = environment.clock().nanoTime();
        log.propose(new Command.KeepAlive(session, acked).encode(), attempt(Deadline.NONE))
                .whenComplete((bytes, error) -> {
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

    private void lose(long session) {
        boolean wanted;
        lock.lock();
        try {
            if (session != window.session()) {
                return;
            }
            window.end();
            suspended = false;
            wanted = window.waiting() > 0;
        } finally {
            lock.unlock();
        }
        tell(new SessionChange(SessionChange.State.LOST, session));
        if (wanted) {
            open();
        }
    }

    private void tell(SessionChange change) {
        listeners.forEach(listener -> listener.accept(change));
    }

    /**
     * Listens to what becomes of this node's sessions, from now on. The listener must not block.
     *
     * @param listener the listener
     * @return ends the listening
     */
    public Registration listen(Consumer<SessionChange> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /**
     * Asks a question.
     *
     * @param type the primitive's type
     * @param name the resource's name
     * @param operation {@code [opcode u8][version u8][payload]}
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return the answer; fails with {@link RefusedException} or {@link io.holdfast.core.UnavailableException}
     */
    public CompletionStage<Answer> ask(
            int type, String name, byte[] operation, ReadConsistency consistency, Deadline deadline) {
        return ask(new Query.Ask(type, name, operation), consistency, deadline);
    }

    CompletionStage<Answer> ask(Query query, ReadConsistency consistency, Deadline deadline) {
        return log.query(query.encode(), consistency, deadline).thenApply(bytes -> {
            Answer answer = Answer.decode(bytes);
            if (answer.status() != Answer.Status.OK) {
                throw new RefusedException(answer.words());
            }
            revision.accumulateAndGet(answer.revision(), Math::max);
            return answer;
        });
    }

    /**
     * Follows what happens to a resource's keys, without a gap: if this node falls so far behind that events are forgotten, or the replica that it asks has been restored from a snapshot, the
     * watcher is told so.
     *
     * @param type the primitive's type
     * @param name the resource's name
     * @param range which keys
     * @param from the first revision of interest, or 0 for what happens from now on
     * @param watcher called one call after the other, on an own thread; it may block, and is then asked less often
     * @return ends the watching
     */
    public Registration watch(int type, String name, KeyRange range, long from, Watcher watcher) {
        Check.that(from >= 0, "from (%d) must be a revision, or 0 for what happens from now on", from);
        GroupWatch watch =
                new GroupWatch(this, environment, watchers, watcher, new GroupWatch.Subject(type, name, range));
        watch.start(from);
        return watch::close;
    }

    /** Closes the session, which ends all that it holds. Operations that wait are not done; those under way end as they may. */
    @Override
    public void close() {
        long session;
        List<PendingOperation> waiting;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            session = window.session();
            waiting = window.drain();
        } finally {
            lock.unlock();
        }
        watchers.shutdown();
        waiting.forEach(pending -> pending.result.completeExceptionally(
                new NotAppliedException(pending.describe() + " was not done: the session of " + node + " was closed")));
        if (session != 0) {
            // who holds something stops before others may have it
            tell(new SessionChange(SessionChange.State.CLOSED, session));
            log.propose(new Command.Close(session).encode(), attempt(Deadline.NONE));
        }
    }
}
