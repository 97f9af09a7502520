package io.holdfast.consensus.session;

import io.holdfast.consensus.state.Answer;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.Retry;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Sends operations, each under its number, again and again until it has an answer or its deadline has come. Any thread. */
final class SessionOperations implements SessionLife.Waiting {
    private static final Duration OVERLOAD_PAUSE = Duration.ofMillis(100);

    private final SessionParts parts;
    private final SessionLife life;
    private final LongConsumer revisions;

    /**
     * Makes them.
     *
     * @param revisions hears the revision of each answer
     */
    SessionOperations(SessionParts parts, LongConsumer revisions) {
        this.parts = parts;
        this.revisions = revisions;
        this.life = new SessionLife(parts, this);
    }

    SessionLife life() {
        return life;
    }

    CompletionStage<Answer> submit(PendingOperation pending) {
        List<PendingOperation> admitted;
        boolean waits;
        parts.lock().lock();
        try {
            HoldfastException refusal = refusal(pending);
            if (refusal != null) {
                pending.result.completeExceptionally(refusal);
                return pending.result;
            }
            parts.window().await(pending);
            admitted = parts.window().admit();
            waits = admitted.isEmpty();
        } finally {
            parts.lock().unlock();
        }
        send(admitted);
        if (waits) {
            limitWaiting(pending);
            life.open();
        }
        return pending.result;
    }

    private @Nullable HoldfastException refusal(PendingOperation pending) {
        SessionWindow window = parts.window();
        if (window.isClosed()) {
            return new NotAppliedException(parts.describe() + " is closed");
        }
        if (!pending.belongsTo(window.session())) {
            return lost(pending);
        }
        if (window.waiting() >= parts.config().maxWaiting()) {
            return new OverloadedException(
                    "node " + parts.node() + " has " + parts.config().maxWaiting() + " operations waiting for group "
                            + parts.group() + ", its limit (maxWaiting); slow the callers down",
                    OVERLOAD_PAUSE);
        }
        return null;
    }

    private SessionLostException lost(PendingOperation pending) {
        return new SessionLostException(
                "session " + pending.only + " of " + parts.node() + " with group " + parts.group() + " has ended, so "
                        + pending.describe() + " in it was not done; acquire again what it held");
    }

    /** Who waits for a number has surely not been sent. */
    private void limitWaiting(PendingOperation pending) {
        if (!pending.deadline.isNone() && !pending.result.isDone()) {
            Registration timer = parts.environment()
                    .scheduler()
                    .schedule(parts.remaining(pending.deadline), () -> stopWaiting(pending));
            pending.result.whenComplete((answer, error) -> timer.close());
        }
    }

    private void stopWaiting(PendingOperation pending) {
        boolean waited = parts.locked(() -> parts.window().stopWaiting(pending));
        if (waited) {
            pending.result.completeExceptionally(
                    new NotAppliedException(pending.describe() + " waited for a session with group " + parts.group()
                            + " until its deadline and was not sent; see whether the group has a majority"));
        }
    }

    @Override
    public void send(List<PendingOperation> admitted) {
        admitted.forEach(this::send);
    }

    @Override
    public void refuse(List<PendingOperation> waiting, RefusedException why) {
        waiting.forEach(pending -> pending.result.completeExceptionally(why));
    }

    private void send(PendingOperation pending) {
        if (!pending.belongsTo(pending.session)) {
            pending.result.completeExceptionally(lost(pending));
            return;
        }
        byte[] command = parts.locked(() -> {
            SessionWindow window = parts.window();
            pending.sentNanos = parts.now();
            pending.attempts++;
            return pending.command(
                    Math.min(pending.sequence - 1, pending.session == window.session() ? window.acked() : 0));
        });
        CompletionStage<byte[]> proposed;
        try {
            proposed = parts.log().propose(command, parts.attempt(pending.deadline, pending.sentNanos));
        } catch (RuntimeException e) {
            // not sent: its number is free again. On another thread, so that a row of such does not pile up on this
            // one's stack
            parts.environment().scheduler().schedule(Duration.ZERO, () -> failed(pending, e));
            return;
        }
        proposed.whenComplete((bytes, error) -> {
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
        revisions.accept(answer.revision());
        switch (answer.status()) {
            case OK -> {
                life.heard(pending.session, pending.sentNanos);
                settle(pending, answer, null);
            }
            case REFUSED -> {
                life.heard(pending.session, pending.sentNanos);
                settle(pending, null, new RefusedException(answer.words()));
            }
            case SESSION_GONE -> gone(pending);
            case PASSED -> settle(pending, null, unknown(pending, null));
            case FULL -> again(pending, Duration.ZERO, null);
        }
    }

    private void settle(PendingOperation pending, @Nullable Answer answer, @Nullable Throwable error) {
        List<PendingOperation> admitted = parts.locked(() -> {
            SessionWindow window = parts.window();
            window.settle(pending);
            return window.waiting() == 0 ? List.<PendingOperation>of() : window.admit();
        });
        if (answer != null) {
            pending.result.complete(answer);
        } else if (error != null) {
            pending.result.completeExceptionally(error);
        }
        send(admitted);
    }

    private UnknownOutcomeException unknown(PendingOperation pending, @Nullable Throwable cause) {
        return new UnknownOutcomeException(
                pending.describe() + " (session " + pending.session + ", number " + pending.sequence
                        + ") may or may not have been applied by group " + parts.group()
                        + "; read what it was to change before doing it again, or do it again only if that does no harm",
                cause);
    }

    /** The session had ended when this was applied; if it was not applied before, it never was. */
    private void gone(PendingOperation pending) {
        life.lose(pending.session);
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
        parts.lock().lock();
        try {
            SessionWindow window = parts.window();
            window.settle(pending);
            refused = window.isClosed();
            if (!refused) {
                window.awaitFirst(pending);
                admitted = window.admit();
            }
        } finally {
            parts.lock().unlock();
        }
        if (refused) {
            pending.result.completeExceptionally(closed(pending));
        }
        send(admitted);
        if (!admitted.contains(pending)) {
            limitWaiting(pending);
            life.open();
        }
    }

    private NotAppliedException closed(PendingOperation pending) {
        return new NotAppliedException(
                pending.describe() + " was not done: the session of " + parts.node() + " was closed");
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
        Duration wait = parts.backOff(pending.attempts, atLeast);
        boolean closed = parts.locked(parts.window()::isClosed);
        if (closed || parts.remaining(pending.deadline).compareTo(wait) <= 0) {
            Throwable outcome = cause == null
                    ? new NotAppliedException(pending.describe() + " was not done before its deadline")
                    : cause;
            settle(pending, null, pending.doubtful ? unknown(pending, cause) : outcome);
        } else {
            parts.environment().scheduler().schedule(wait, () -> send(pending));
        }
    }

    /** Ends the session, and all that waits for one. Those under way end as they may. */
    void close() {
        long session;
        List<PendingOperation> waiting;
        parts.lock().lock();
        try {
            if (parts.window().isClosed()) {
                return;
            }
            session = parts.window().session();
            waiting = parts.window().close();
        } finally {
            parts.lock().unlock();
        }
        waiting.forEach(pending -> pending.result.completeExceptionally(closed(pending)));
        life.close(session);
    }
}
