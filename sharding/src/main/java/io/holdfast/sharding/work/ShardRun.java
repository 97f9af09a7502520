package io.holdfast.sharding.work;

import io.holdfast.core.Address;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.Retry;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.transport.Lane;
import io.holdfast.core.transport.Message;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.work.WorkWire.Answer;
import io.holdfast.sharding.work.WorkWire.Order;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A function on one shard, at who asked for it: tried again as long as it surely has not run. One attempt after the other. */
final class ShardRun {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final ShardWork work;
    private final String name;
    private final int shard;
    private final byte[] argument;
    private final CallContext context;
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<?> underWay;
    private volatile boolean ran;

    /** The context has the deadline. */
    ShardRun(ShardWork work, String name, int shard, byte[] argument, CallContext context) {
        this.work = work;
        this.name = name;
        this.shard = shard;
        this.argument = argument;
        this.context = context;
    }

    CompletableFuture<byte[]> result() {
        return result;
    }

    /** Nobody waits any more: the function is interrupted, here or where it runs, and not tried again. */
    void cancel() {
        result.cancel(true);
        CompletableFuture<?> attempt = underWay;
        if (attempt != null) {
            attempt.cancel(true);
        }
    }

    private long now() {
        return work.environment().clock().nanoTime();
    }

    void attempt() {
        if (result.isDone()) {
            return;
        }
        ShardMap map = work.directory().map();
        Optional<NodeId> owner = map.at(shard).owner().map(Host::node);
        if (owner.isEmpty()) {
            again("it has no owner in map " + map.revision(), null);
            return;
        }
        CompletionStage<Answer> answer;
        try {
            answer = send(owner.get(), new Order(name, shard, map.revision(), argument));
        } catch (RuntimeException notSent) { // it has not left this node
            again(String.valueOf(notSent.getMessage()), notSent);
            return;
        }
        answer.whenComplete((found, error) -> {
            if (error == null) {
                answered(found);
            } else {
                failed(bare(error));
            }
        });
    }

    private CompletionStage<Answer> send(NodeId owner, Order order) {
        if (owner.equals(work.directory().self())) {
            return started(work.server().run(order, context));
        }
        Address to = work.address(owner)
                .orElseThrow(() -> new UnavailableException("node " + owner + " is no member that this node knows"));
        Message message = new Message(WorkWire.ROUTE, context, WorkWire.encode(order), Lane.CALL);
        return started(work.transport().request(to, message)).thenApply(WorkWire::answer);
    }

    /** Only the future that was begun passes its end on; and {@link #cancel} may have come before it. */
    private <T> CompletableFuture<T> started(CompletableFuture<T> attempt) {
        underWay = attempt;
        if (result.isDone()) {
            attempt.cancel(true);
        }
        return attempt;
    }

    private void answered(Answer answer) {
        answer.map().ifPresent(work.directory()::learn);
        switch (answer.kind()) {
            case DONE -> result.complete(answer.result());
            case MOVED -> again("it moves", null);
            case RAN -> {
                ran = true;
                again("its shard went while it ran", null);
            }
            default -> end(new WorkFailedException(name, shard, answer.message()));
        }
    }

    private void failed(Throwable error) {
        if (error instanceof HoldfastException known && known.retry() == Retry.SAFE) {
            again(String.valueOf(error.getMessage()), error);
        } else {
            end(error);
        }
    }

    /** What the next owner says is not all there is to say if the function has run at the one before. */
    private void end(Throwable why) {
        result.completeExceptionally(ran ? hasRun(String.valueOf(why.getMessage()), why) : why);
    }

    private UnknownOutcomeException hasRun(String why, @Nullable Throwable cause) {
        return new UnknownOutcomeException(
                "function " + name + " has run for shard " + shard + ", whose owner changed meanwhile, and not for the"
                        + " next owner: " + why + "; see what it did",
                cause);
    }

    private void again(String why, @Nullable Throwable cause) {
        if (context.deadline().remainingNanos(now()) <= PAUSE.toNanos()) {
            result.completeExceptionally(
                    ran
                            ? hasRun(why, cause)
                            : new UnavailableException(
                                    "function " + name + " did not run for shard " + shard + " in time: " + why,
                                    cause));
        } else {
            work.environment().scheduler().schedule(PAUSE, this::attempt);
        }
    }

    static Throwable bare(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    static HoldfastException known(String name, int shard, @Nullable Throwable error) {
        return error instanceof HoldfastException known
                ? known
                : new UnknownOutcomeException(
                        "function " + name + " may have run for shard " + shard + ": " + error, error);
    }
}
