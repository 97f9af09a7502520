package io.holdfast.sharding.entity;

import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.Retry;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.env.Registration;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One call at its caller: attempt by attempt, one at a time, until there is an answer or the deadline has passed. */
final class RoutedCall {
    private static final long FIRST_PAUSE = Duration.ofMillis(10).toNanos();
    private static final long LAST_PAUSE = Duration.ofMillis(400).toNanos();
    private static final int MAX_AT_ONCE = 8;
    /** Before it has begun. */
    static final CallId NONE = new CallId(0, 0);

    private final EntityRouter router;
    private final EntityId entity;
    private final long method;
    private final byte[] arguments;
    private final CallContext context;
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();

    private volatile CallId id = NONE;

    // one attempt after the other; each is begun by the end of the one before
    private long introduced;
    private long attempts;
    private int atOnce;
    private long pause = FIRST_PAUSE;
    private int unanswered; // attempts of which nobody knows: each may have been done, or still come
    private String reason = "there was no time";
    private @Nullable Throwable cause;

    RoutedCall(EntityRouter router, EntityId entity, long method, byte[] arguments, CallContext context) {
        this.router = router;
        this.entity = entity;
        this.method = method;
        this.arguments = arguments;
        this.context = context;
    }

    CompletableFuture<byte[]> result() {
        return result;
    }

    EntityId entity() {
        return entity;
    }

    /** Its number; 0 until it has begun. */
    long number() {
        return id.sequence();
    }

    /** Others of this process at the same entity have to be answered first. */
    void waitInLine() {
        Duration left = Duration.ofNanos(Math.max(0, deadline().remainingNanos(router.nanoTime())));
        Registration timer = router.environment().scheduler().schedule(left, () -> {
            if (number() == 0) {
                reason = "calls of this node at it (" + OpenCalls.SPAN
                        + ") are at their limit; spread its load over several entities, or slow callers down";
                giveUp();
            }
        });
        result.whenComplete((answer, error) -> timer.close());
    }

    /** Its turn has come. */
    void begin(long number) {
        id = new CallId(router.session(), number);
        introduced = router.introduced(entity);
        attempt();
    }

    private Deadline deadline() {
        return context.deadline();
    }

    void attempt() {
        if (result.isDone()) {
            return; // cancelled: nobody waits any more
        }
        if (deadline().isExpired(router.nanoTime())) {
            giveUp();
            return;
        }
        ShardMap map = router.directory().map();
        int shard = map.shardOf(entity.routed());
        Ownership ownership = map.at(shard);
        if (ownership.owner().isEmpty()) {
            again("shard " + shard + " has no owner in map " + map.revision(), null);
            return;
        }
        attempts++;
        EntityCall call = new EntityCall(
                entity, method, arguments, id, router.firstOpen(entity), introduced, unanswered + 1, context);
        EntityRequest request =
                new EntityRequest(call, map.revision(), ownership.epoch().value(), false);
        Deadline wait = deadline()
                .earlier(Deadline.after(router.nanoTime(), router.limits().attempt()));
        CompletionStage<EntityResponse> response;
        try {
            response = send(shard, ownership.owner().get(), request, wait);
        } catch (RuntimeException notSent) { // it has not left this node
            failed(notSent);
            return;
        }
        response.whenComplete((answer, error) -> {
            if (error == null) {
                answered(answer, request);
            } else {
                failed(Refusals.bare(error));
            }
        });
    }

    private CompletionStage<EntityResponse> send(int shard, Host owner, EntityRequest request, Deadline wait) {
        EntityReceiver receiver = router.receiver();
        boolean here =
                owner.node().equals(router.directory().self()) || router.host().isAwaited(shard, request.call());
        if (!here) {
            return receiver.send(receiver.address(owner.node(), entity), request, wait);
        }
        CompletableFuture<EntityResponse> answer = receiver.serve(request, wait).toCompletableFuture();
        if (!answer.isDone()) {
            bound(answer);
        }
        return answer;
    }

    /** Over the wire the transport keeps the time; here a timer does. */
    private void bound(CompletableFuture<EntityResponse> here) {
        Duration left = Duration.ofNanos(Math.max(0, deadline().remainingNanos(router.nanoTime())));
        Registration timer = router.environment()
                .scheduler()
                .schedule(left, () -> here.completeExceptionally(Refusals.stopped(entity)));
        here.whenComplete((response, error) -> timer.close());
    }

    private void answered(EntityResponse response, EntityRequest request) {
        response.map().ifPresent(router.directory()::learn);
        Served served = response.served();
        if (served instanceof Served.Answered answer) {
            result.complete(answer.bytes());
        } else if (served instanceof Served.Failed failed) {
            result.completeExceptionally(new EntityFailedException(entity, failed));
        } else if (served instanceof Served.Unknown unknown) {
            result.completeExceptionally(new UnknownOutcomeException(unknown.message()));
        } else if (served instanceof Served.Introduce introduce) {
            introduced(introduce.dropped());
        } else {
            moved(request);
        }
    }

    private void introduced(long dropped) {
        router.introduce(entity, dropped);
        if (unanswered > 0) {
            result.completeExceptionally(
                    new UnknownOutcomeException(
                            "call of " + entity
                                    + " may have been done: an attempt of it got no answer, and the entity has forgotten this caller since; read the state"));
            return;
        }
        introduced = dropped;
        atOnce("the entity did not know this caller");
    }

    private void moved(EntityRequest request) {
        if (router.directory().map().revision() > request.revision()) {
            atOnce("its shard moved");
        } else {
            again("its shard moves", null);
        }
    }

    /** What is surely not done may be tried again until the deadline, except that who is overloaded is left alone. */
    private void failed(Throwable error) {
        Retry advice = error instanceof HoldfastException known ? known.retry() : Retry.NEVER;
        boolean over = advice == Retry.NEVER || error instanceof OverloadedException;
        if (over && unanswered == 0) {
            result.completeExceptionally(error);
        } else if (advice == Retry.NEVER) {
            result.completeExceptionally(unknown(String.valueOf(error.getMessage()), error));
        } else {
            unanswered += advice == Retry.SAFE ? 0 : 1;
            again(String.valueOf(error.getMessage()), error);
        }
    }

    private void atOnce(String why) {
        atOnce++;
        if (atOnce % MAX_AT_ONCE == 0) {
            again(why, null);
        } else {
            reason = why;
            cause = null;
            attempt();
        }
    }

    private void again(String why, @Nullable Throwable error) {
        reason = why;
        cause = error;
        long left = deadline().remainingNanos(router.nanoTime());
        long wait = Math.min(router.jittered(pause), Math.max(0, left));
        pause = Math.min(LAST_PAUSE, 2 * pause);
        router.environment().scheduler().schedule(Duration.ofNanos(wait), this::attempt);
    }

    private void giveUp() {
        result.completeExceptionally(
                unanswered > 0
                        ? unknown(reason, cause)
                        : new UnavailableException(
                                "call of " + entity + " was not done in time, after " + attempts + " attempts: "
                                        + reason,
                                cause));
    }

    private UnknownOutcomeException unknown(String why, @Nullable Throwable error) {
        return new UnknownOutcomeException(
                "call of " + entity + " may have been done: an attempt got no answer, and then: " + why
                        + "; read the state",
                error);
    }
}
