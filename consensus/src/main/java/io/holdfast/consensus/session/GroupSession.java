package io.holdfast.consensus.session;

import io.holdfast.consensus.state.Answer;
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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

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
    private static final int MAX_FOLLOW_TASKS = 1024;

    private final SessionParts parts;
    private final SessionOperations operations;
    private final FeatureLevel features;
    private final AtomicLong revision = new AtomicLong();
    private final AtomicLong numbers = new AtomicLong();
    private final ExecutorService watchers;
    private final ExecutorService followers;

    private GroupSession(SessionParts parts, FeatureLevel features) {
        this.parts = parts;
        this.operations = new SessionOperations(parts, this::sees);
        this.features = features;
        this.watchers = parts.environment().threads().handlers("watch-" + parts.group(), MAX_WATCH_TASKS);
        this.followers = parts.environment().threads().serial("follow-" + parts.group(), MAX_FOLLOW_TASKS);
    }

    private void sees(long answered) {
        revision.accumulateAndGet(answered, Math::max);
    }

    /**
     * A session that opens itself with the first operation, with a group that has no feature level but the first.
     *
     * @param log the group's log on this node; stays the caller's
     * @param node this node, for people who look at the group's sessions
     * @param config how it behaves
     * @param environment clocks and timers
     * @return the session
     */
    public static GroupSession start(ReplicatedLog log, NodeId node, SessionConfig config, Environment environment) {
        return start(log, node, config, FeatureLevel.of(log, environment), environment);
    }

    /**
     * A session that opens itself with the first operation.
     *
     * @param log the group's log on this node; stays the caller's
     * @param node this node, for people who look at the group's sessions
     * @param config how it behaves
     * @param features which operations the group may be given; stays the caller's
     * @param environment clocks and timers
     * @return the session
     */
    public static GroupSession start(
            ReplicatedLog log, NodeId node, SessionConfig config, FeatureLevel features, Environment environment) {
        return new GroupSession(SessionParts.of(log, node, config, environment), features);
    }

    /**
     * The group.
     *
     * @return its id
     */
    public GroupId group() {
        return parts.group();
    }

    /**
     * This node.
     *
     * @return its id
     */
    public NodeId node() {
        return parts.node();
    }

    /**
     * The present session's id in the group.
     *
     * @return the id; 0 if there is none, or if it was closed
     */
    public long id() {
        return parts.locked(() -> parts.window().isClosed() ? 0 : parts.window().session());
    }

    /**
     * Whether this node has closed it: nothing begins any more.
     *
     * @return true once {@link #close} was called
     */
    public boolean isClosed() {
        return parts.locked(parts.window()::isClosed);
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
        return operations.life().aliveUntilNanos();
    }

    /**
     * After how long without a sign of life the group ends the session.
     *
     * @return the time to live
     */
    public Duration timeToLive() {
        return parts.config().timeToLive();
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
     * @return the answer; fails with {@link RefusedException} (the state refused it), {@link NotAppliedException} (surely not done; also if a member's build does not know the operation yet, which the
     *     message names), {@link OverloadedException} (surely not done), or {@link UnknownOutcomeException}
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
        int needed = pending.featureLevel();
        return needed <= features.known()
                ? operations.submit(pending)
                : features.require(needed, deadline).thenCompose(ready -> operations.submit(pending));
    }

    /**
     * Listens to what becomes of this node's sessions, from now on. The listener must not block.
     *
     * @param listener the listener
     * @return ends the listening
     */
    public Registration listen(Consumer<SessionChange> listener) {
        return operations.life().listen(listener);
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

    /**
     * Asks a question of any kind.
     *
     * @param query the question
     * @param consistency how fresh the answer must be
     * @param deadline until when the caller waits
     * @return the answer; fails as the other {@code ask}
     */
    public CompletionStage<Answer> ask(Query query, ReadConsistency consistency, Deadline deadline) {
        return parts.log().query(query.encode(), consistency, deadline).thenApply(bytes -> {
            Answer answer = Answer.decode(bytes);
            if (answer.status() != Answer.Status.OK) {
                throw new RefusedException(answer.words());
            }
            sees(answer.revision());
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
        return watch(watchers, new GroupWatch.Subject(type, name, range), from, watcher);
    }

    /**
     * As {@link #watch}, for a watcher that does not block: all of this kind share one thread, so that those that block, however many they are, do not keep it waiting.
     *
     * @param type the primitive's type
     * @param name the resource's name
     * @param range which keys
     * @param from the first revision of interest, or 0 for what happens from now on
     * @param watcher called one call after the other; must not block
     * @return ends the following
     */
    public Registration follow(int type, String name, KeyRange range, long from, Watcher watcher) {
        return watch(followers, new GroupWatch.Subject(type, name, range), from, watcher);
    }

    private Registration watch(ExecutorService executor, GroupWatch.Subject subject, long from, Watcher watcher) {
        Check.that(from >= 0, "from (%d) must be a revision, or 0 for what happens from now on", from);
        GroupWatch watch = new GroupWatch(this, parts.environment(), executor, watcher, subject);
        watch.start(from);
        return watch::close;
    }

    /** Closes the session, which ends all that it holds. Operations that wait are not done; those under way end as they may. */
    @Override
    public void close() {
        watchers.shutdown();
        followers.shutdown();
        operations.close();
    }
}
