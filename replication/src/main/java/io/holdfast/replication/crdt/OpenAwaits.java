package io.holdfast.replication.crdt;

import io.holdfast.core.DeadlineExceededException;
import io.holdfast.core.DurationText;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.env.Registration;
import io.holdfast.core.env.Scheduler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Who waits until something is saved or spread. At most {@value #MOST} at a time. Safe for use by many threads. */
final class OpenAwaits {
    static final int MOST = 10_000;

    private final Scheduler scheduler;
    private final Consumer<CrdtRequest> ask;
    private final Map<Long, Waiter> open = new ConcurrentHashMap<>();
    private final AtomicLong tickets = new AtomicLong();
    /** Set once nothing is saved or sent any more; says what has been. */
    private volatile @Nullable Predicate<CrdtRequest.Await> ended;

    private record Waiter(CrdtRequest.Await await, CompletableFuture<@Nullable Void> done) {}

    OpenAwaits(Scheduler scheduler, Consumer<CrdtRequest> ask) {
        this.scheduler = scheduler;
        this.ask = ask;
    }

    CompletableFuture<@Nullable Void> await(long number, int copies, Duration limit) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        if (open.size() >= MOST) {
            done.completeExceptionally(new OverloadedException(
                    open.size()
                            + " calls wait until updates are saved or spread, the limit; wait for fewer updates at a time",
                    Duration.ofMillis(100)));
            return done;
        }
        long ticket = tickets.incrementAndGet();
        CrdtRequest.Await await = new CrdtRequest.Await(ticket, number, copies);
        open.put(ticket, new Waiter(await, done));
        @Nullable Predicate<CrdtRequest.Await> end = ended;
        if (end != null) { // after it is among those that close looks at: either side ends it
            end(ticket, end);
            return done;
        }
        ask.accept(await);
        ask.accept(new CrdtRequest.Save());
        Registration timer = scheduler.schedule(limit, () -> late(ticket, copies, limit));
        done.whenComplete((any, failure) -> timer.close());
        return done;
    }

    private void late(long ticket, int copies, Duration limit) {
        Waiter waiter = open.remove(ticket);
        if (waiter != null) {
            ask.accept(new CrdtRequest.Forget(ticket));
            waiter.done.completeExceptionally(
                    new DeadlineExceededException(
                            "updates are not yet on this disk and " + copies
                                    + " other nodes after " + DurationText.of(limit)
                                    + "; they stand and will spread: wait longer, or look whether other nodes are there and the disk has room"));
        }
    }

    void reached(long ticket) {
        Waiter waiter = open.remove(ticket);
        if (waiter != null) {
            waiter.done.complete(null);
        }
    }

    /**
     * Ends all who wait, and all who come later, at once.
     *
     * @param reached whether what one waits for has come about
     */
    void close(Predicate<CrdtRequest.Await> reached) {
        ended = reached;
        open.keySet().forEach(ticket -> end(ticket, reached));
    }

    private void end(long ticket, Predicate<CrdtRequest.Await> reached) {
        Waiter waiter = open.remove(ticket);
        if (waiter == null) {
            return;
        }
        if (reached.test(waiter.await)) {
            waiter.done.complete(null);
        } else {
            waiter.done.completeExceptionally(new UnavailableException(
                    "the space of CRDTs is closed; whether the updates are saved and have spread is not known"));
        }
    }
}
