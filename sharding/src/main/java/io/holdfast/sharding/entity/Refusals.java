package io.holdfast.sharding.entity;

import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.Retry;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What an owner says when it does not do a call. */
final class Refusals {
    private static final Duration SOON = Duration.ofMillis(50);
    private static final int MAX_MESSAGE = 1_000;

    private Refusals() {}

    static OverloadedException full(EntityId id, EntityLimits limits) {
        return OverloadedException.withoutTrace(
                "calls (" + limits.waiting() + ") that wait for " + id
                        + " are at their limit; spread its load over several entities, or slow callers down",
                SOON);
    }

    static OverloadedException busy(EntityLimits limits) {
        return OverloadedException.withoutTrace(
                "calls of entities (" + limits.running()
                        + ") that run on this node are at their limit; slow callers down or add a node",
                SOON);
    }

    static OverloadedException tooMany(EntityLimits limits) {
        return OverloadedException.withoutTrace(
                "calls of entities under way on this node are at their limit (" + limits.calls() + " calls, "
                        + limits.callBytes() + " bytes); slow callers down or add a node",
                SOON);
    }

    static Served.Failed reenters(EntityId id) {
        return new Served.Failed(
                IllegalStateException.class.getName(),
                "it is doing the call that has caused this one, and would wait for itself; make the kind " + id.type()
                        + " re-entrant, or let the inner call come after the outer one",
                Retry.NEVER);
    }

    /** An earlier attempt of the call may come later, when it no longer re-enters. */
    static Served.Unknown perhapsReenters(EntityId id) {
        return new Served.Unknown(id
                + " is doing the call that has caused this one, and an earlier attempt may still be on its way; make the kind "
                + id.type() + " re-entrant, or let the inner call come after the outer one");
    }

    static Served.Failed overtaken(EntityId id) {
        return new Served.Failed(
                IllegalStateException.class.getName(),
                "a call that this one caused has changed the state of " + id
                        + " since this one read it; read the state anew after calling out, then change it",
                Retry.IF_IDEMPOTENT);
    }

    static Served.Failed tooLarge(EntityId id, int bytes, int limit) {
        return new Served.Failed(
                IllegalStateException.class.getName(),
                "answer (" + bytes + " bytes) of " + id + " must have at most " + limit + "; give it in parts",
                Retry.NEVER);
    }

    static Served.Failed threw(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        boolean letDown = failure instanceof HoldfastException known && known.retry() != Retry.NEVER;
        return new Served.Failed(
                failure.getClass().getName(),
                message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message,
                letDown ? Retry.IF_IDEMPOTENT : Retry.NEVER);
    }

    /** Nothing begins that nobody waits for. */
    static void ifOver(Turn turn, long now) {
        if (turn.deadline().isExpired(now)) {
            throw new DeadlineExceededException(
                    turn.entity() + " did not begin the call: its deadline passed while it waited");
        }
    }

    static DeadlineExceededException stopped(EntityId id) {
        return new DeadlineExceededException(id + " was stopped in a call: its deadline passed");
    }

    static HoldfastException notLoaded(EntityId id, @Nullable Throwable error) {
        return new UnavailableException(
                id + " cannot be read (" + message(error) + "); nothing was done, try again", error);
    }

    static UnknownOutcomeException lost(EntityId id, Throwable error) {
        return new UnknownOutcomeException(
                "a commit of " + id + " is lost on its way (" + message(error) + "); read the state", error);
    }

    static NotAppliedException notCommitted(EntityId id, Throwable error) {
        return new NotAppliedException(
                "a commit of " + id + " was not made (" + message(error) + "); try again", error);
    }

    static boolean isSafe(Throwable error) {
        return bare(error) instanceof HoldfastException known && known.retry() == Retry.SAFE;
    }

    private static String message(@Nullable Throwable error) {
        return error == null ? "no reason given" : String.valueOf(bare(error).getMessage());
    }

    static Throwable bare(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }
}
