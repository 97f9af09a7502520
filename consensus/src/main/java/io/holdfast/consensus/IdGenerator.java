package io.holdfast.consensus;

import io.holdfast.consensus.primitive.IdType;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.consistency.Linearizable;
import io.holdfast.core.env.Registration;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Numbers from 1 on, each of which is given once, to one node, for ever. Numbers from one generator grow; between nodes they do not, for each takes them in blocks. A node that ends, or
 * that does not learn whether a block is its own, leaves a gap.
 *
 * <p>Methods fail with {@link io.holdfast.core.NotAppliedException}, {@link io.holdfast.core.OverloadedException}, {@link io.holdfast.core.UnavailableException} or
 * {@link io.holdfast.core.UnknownOutcomeException} (no number was given: try again) and {@link io.holdfast.consensus.session.RefusedException} (63 bits are used up). Safe for use by many
 * threads; keep one generator for a name, for each has a block of its own.
 */
public final class IdGenerator implements Linearizable {
    private final Resource resource;
    private final int block;
    private final ReentrantLock lock = new ReentrantLock();
    private long next;
    private long end;
    private @Nullable CompletableFuture<Boolean> refill;

    IdGenerator(Resource resource, int block) {
        this.resource = resource;
        this.block = (int) Check.between("block of " + resource.name(), block, 1, IdType.MAX_BLOCK);
    }

    /**
     * The generator's name.
     *
     * @return the name
     */
    public String name() {
        return resource.name();
    }

    /**
     * Gives a number: at once while the block lasts, otherwise after asking the group, until the running call's deadline or for five seconds.
     *
     * @return the number
     */
    public long next() {
        OptionalLong ready = ready();
        return ready.isPresent() ? ready.getAsLong() : Waiting.await(() -> nextAsync());
    }

    /**
     * See {@link #next}.
     *
     * @return the number
     */
    public CompletionStage<Long> nextAsync() {
        return next(resource.shared().waiting().deadline());
    }

    private CompletionStage<Long> next(Deadline deadline) {
        OptionalLong ready = ready();
        if (ready.isPresent()) {
            return CompletableFuture.completedFuture(ready.getAsLong());
        }
        if (deadline.isExpired(resource.nowNanos())) {
            return CompletableFuture.failedFuture(new NotAppliedException("no number of " + name()
                    + " was left before the deadline: others took those of each block (" + block
                    + "), or the group did not answer them; take larger blocks, or try again"));
        }
        return refilled(deadline).thenCompose(over -> next(deadline));
    }

    private OptionalLong ready() {
        lock.lock();
        try {
            return next < end ? OptionalLong.of(next++) : OptionalLong.empty();
        } finally {
            lock.unlock();
        }
    }

    /** One question for all who wait: blocks come in order. Its failure is that of who asked, whose deadline it has; the others ask again, each until its own. */
    private CompletionStage<Boolean> refilled(Deadline deadline) {
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        lock.lock();
        try {
            if (refill != null) {
                return joined(refill, deadline);
            }
            refill = mine;
        } finally {
            lock.unlock();
        }
        resource.submit(IdType.reserve(block), deadline)
                .thenApply(answer -> new ByteReader(answer.payload()).varlong())
                .whenComplete((first, error) -> {
                    received(first);
                    if (error == null) {
                        mine.complete(true);
                    } else {
                        mine.completeExceptionally(error);
                    }
                });
        return mine;
    }

    private CompletableFuture<Boolean> joined(CompletableFuture<Boolean> others, Deadline deadline) {
        CompletableFuture<Boolean> over = others.handle((done, error) -> true);
        long left = Math.max(0, deadline.remainingNanos(resource.nowNanos()));
        Registration timer =
                resource.shared().environment().scheduler().schedule(Duration.ofNanos(left), () -> over.complete(true));
        over.whenComplete((done, error) -> timer.close());
        return over;
    }

    private void received(@Nullable Long first) {
        lock.lock();
        try {
            refill = null;
            if (first != null) {
                next = first;
                end = first + block;
            }
        } finally {
            lock.unlock();
        }
    }
}
