package io.holdfast.consensus.log;

import io.holdfast.core.Deadline;
import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.cluster.Leadership.Term;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the commands of a node to the leader, or its queries: at once while fewer than so many batches are under way, otherwise gathered. Tries again as long as it is certain that nothing was done.
 * Futures complete outside of all locks, on the thread that brings the answer.
 */
final class Gateway implements AutoCloseable {
    private static final Duration OVERLOAD_PAUSE = Duration.ofMillis(50);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(4);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);
    private static final Duration GRACE = Duration.ofMillis(100);
    private static final Duration SLOW = Duration.ofMillis(250);

    /** How to send a batch to this node itself. */
    interface SelfSubmission extends BiConsumer<Batch, Consumer<Answer>> {}

    private final GroupContext context;
    private final Outcomes outcomes;
    private final LeaderFinder finder;
    private final SelfSubmission toSelf;
    private final BooleanSupplier followsLocally;
    private final PendingQueue queue;
    private final Set<Flight> flights = new LinkedHashSet<>();
    private int refusals;
    private Epoch refusedEpoch = Epoch.ZERO;
    private boolean paused;
    private boolean watching;
    private volatile @Nullable Thread telling;
    private boolean closed;

    /**
     * Makes it.
     *
     * @param followsLocally whether a replica of this node knows best who leads
     */
    Gateway(
            GroupContext context,
            Outcomes outcomes,
            LeaderFinder finder,
            SelfSubmission toSelf,
            BooleanSupplier followsLocally) {
        this.followsLocally = followsLocally;
        this.context = context;
        this.outcomes = outcomes;
        this.finder = finder;
        this.toSelf = toSelf;
        this.queue = new PendingQueue(
                context.config().queuedCommands(), context.config().queuedSize().bytes());
    }

    /** A batch under way. */
    private static final class Flight {
        final Term term;
        final List<Pending> items;
        final long sentNanos;

        Flight(Term term, List<Pending> items, long sentNanos) {
            this.term = term;
            this.items = items;
            this.sentNanos = sentNanos;
        }
    }

    CompletionStage<byte[]> offer(byte[] item, Deadline deadline, long now) {
        Pending pending = new Pending(context.group(), outcomes, item, deadline);
        OverloadedException full = null;
        boolean late;
        synchronized (this) {
            late = closed || deadline.isExpired(now);
            if (!late && !queue.offer(pending)) {
                full = full();
            }
        }
        if (late) {
            pending.end(closed ? "the log is closed" : "the deadline had passed before");
        } else if (full != null) {
            pending.result.completeExceptionally(full);
        } else {
            if (telling != Thread.currentThread()) {
                pump();
            }
            if (!pending.isDone()) {
                context.deadlines().add(pending);
                pending.result.whenComplete((value, error) -> left(error));
            }
        }
        return pending.result;
    }

    private synchronized void left(@Nullable Throwable error) {
        if (error != null) {
            queue.onEnded();
        }
    }

    private OverloadedException full() {
        GroupLogConfig config = context.config();
        return new OverloadedException(
                "node " + context.self() + " has " + queue.load() + " waiting for group " + context.group()
                        + ", its limit is " + config.queuedCommands() + " or " + config.queuedSize()
                        + "; slow the callers down",
                OVERLOAD_PAUSE);
    }

    synchronized int queued() {
        return queue.size();
    }

    /** Sends what may be sent. */
    private void pump() {
        while (true) {
            Flight flight;
            boolean lost;
            synchronized (this) {
                Term term = context.leader().current();
                lost = !queue.isEmpty() && term.leader().isEmpty();
                flight = lost ? null : next(term);
            }
            if (lost) {
                finder.want();
            }
            if (flight == null) {
                return;
            }
            send(flight);
        }
    }

    private @Nullable Flight next(Term term) {
        if (closed || paused || queue.isEmpty()) {
            return null;
        }
        long open = flights.stream().filter(flight -> flight.term.equals(term)).count();
        if (open >= context.config().openBatches()) {
            return null;
        }
        List<Pending> items = new ArrayList<>();
        long bytes = 0;
        Pending head = queue.peek();
        while (head != null && items.size() < context.config().maxEntryCommands()) {
            bytes += Batch.sizeOf(head.item);
            if (bytes > context.config().maxEntrySize().bytes() && !items.isEmpty()) {
                break;
            }
            queue.removeFirst();
            if (head.send()) {
                items.add(head);
            }
            head = queue.peek();
        }
        if (items.isEmpty()) {
            return null;
        }
        Flight flight = new Flight(term, items, context.now());
        flights.add(flight);
        return flight;
    }

    private void send(Flight flight) {
        NodeId leader = flight.term.leader().orElseThrow();
        Batch batch =
                Batch.of(flight.items.stream().map(pending -> pending.item).toList());
        outcomes.sent(context.meters(), batch.count());
        if (leader.equals(context.self())) {
            toSelf.accept(batch, answer -> settle(flight, answer));
            return;
        }
        Deadline deadline = flight.items.get(0).deadline;
        for (Pending pending : flight.items) {
            deadline = latest(deadline, pending.deadline);
        }
        context.ask(leader, outcomes.route(), batch.encode(), deadline)
                .thenAccept(answer -> settle(flight, answer))
                .exceptionally(error -> {
                    settle(flight, Answer.failed(flight.term, error));
                    return null;
                });
        watch();
    }

    private static Deadline latest(Deadline a, Deadline b) {
        return a.earlier(b).equals(a) ? b : a;
    }

    /** The answer to a batch; the first counts. */
    private void settle(Flight flight, Answer answer) {
        Answer.Status status = outcomes.certain(answer.status());
        synchronized (this) {
            if (!flights.remove(flight)) {
                return;
            }
            if (status == Answer.Status.NOT_APPLIED) {
                requeue(flight, answer.text());
            } else {
                refusals = 0;
            }
        }
        if (status == Answer.Status.NOT_APPLIED) {
            refusedBy(flight);
        }
        if (status == Answer.Status.NOT_APPLIED) {
            pump();
        } else {
            tell(flight, status, answer);
        }
    }

    /**
     * What the callers send as soon as they are told goes out afterwards, together with what gathered meanwhile. Were the next batch sent first, the callers would fall into two groups that
     * wait for each other: twice the entries for the same work, and the cost is per entry.
     */
    private void tell(Flight flight, Answer.Status status, Answer answer) {
        Thread before = telling;
        telling = Thread.currentThread();
        try {
            if (status == Answer.Status.DONE) {
                deliver(flight, answer);
            } else {
                fail(flight, status, answer.text());
            }
        } finally {
            telling = before == Thread.currentThread() ? before : null;
        }
        pump();
    }

    private void requeue(Flight flight, String why) {
        for (int i = flight.items.size() - 1; i >= 0; i--) {
            Pending pending = flight.items.get(i);
            pending.refused(why);
            if (!pending.isDone()) {
                queue.addFirst(pending);
            }
        }
    }

    /** The leader is another one by now, or there is none: wait a little, longer each time. */
    private void refusedBy(Flight flight) {
        Duration pause;
        synchronized (this) {
            paused = context.leader().current().equals(flight.term);
            refusedEpoch = flight.term.epoch();
            pause = SHORTEST_PAUSE.multipliedBy(1L << Math.min(refusals, 5));
            refusals++;
            if (!paused) {
                return;
            }
        }
        if (!followsLocally.getAsBoolean()) {
            context.leader().forget(flight.term);
        }
        context.later(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE, this::resume);
    }

    private void resume() {
        synchronized (this) {
            paused = false;
        }
        pump();
    }

    private void deliver(Flight flight, Answer answer) {
        List<byte @Nullable []> results;
        try {
            results = Results.decode(answer.body().duplicate(), flight.items.size());
        } catch (RuntimeException e) {
            fail(flight, Answer.Status.UNKNOWN, "the answer of the leader cannot be read: " + e);
            return;
        }
        for (int i = 0; i < results.size(); i++) {
            Pending pending = flight.items.get(i);
            byte[] result = results.get(i);
            if (result == null) {
                pending.result.completeExceptionally(outcomes.missing());
            } else {
                pending.result.complete(result);
            }
        }
    }

    private void fail(Flight flight, Answer.Status status, String why) {
        for (Pending pending : flight.items) {
            pending.result.completeExceptionally(
                    status == Answer.Status.OVERLOADED
                            ? new OverloadedException(why, OVERLOAD_PAUSE)
                            : outcomes.unknown(why));
        }
    }

    /** The leader changed: go on with the new one, and give up soon on what the old one still has. */
    void leaderChanged() {
        Term term = context.leader().current();
        boolean stale;
        synchronized (this) {
            paused = paused && term.epoch().equals(refusedEpoch);
            stale = term.leader().isPresent() && flights.stream().anyMatch(flight -> isBefore(flight, term));
        }
        if (stale) {
            context.later(GRACE, () -> giveUp(term));
        }
        pump();
    }

    private static boolean isBefore(Flight flight, Term term) {
        return flight.term.epoch().compareTo(term.epoch()) < 0;
    }

    private void giveUp(Term term) {
        List<Flight> old;
        synchronized (this) {
            old = flights.stream().filter(flight -> isBefore(flight, term)).toList();
        }
        String why = "the leader of group " + context.group() + " changed while a command was under way";
        old.forEach(flight -> settle(flight, Answer.refused(Answer.Status.UNKNOWN, term, why)));
    }

    /** A leader that does not answer may have been replaced without this node's knowledge. */
    private void watch() {
        synchronized (this) {
            if (watching || closed) {
                return;
            }
            watching = true;
        }
        context.later(SLOW, () -> {
            Optional<Flight> slow;
            boolean more;
            synchronized (this) {
                watching = false;
                long now = context.now();
                slow = flights.stream()
                        .filter(flight -> now - flight.sentNanos > SLOW.toNanos() / 2)
                        .findFirst();
                more = !flights.isEmpty();
            }
            slow.ifPresent(flight -> finder.doubt(flight.term));
            if (more) {
                watch();
            }
        });
    }

    /** Ends all that waits; what was sent has an unknown outcome. */
    @Override
    public void close() {
        List<Pending> rest = new ArrayList<>();
        synchronized (this) {
            closed = true;
            rest.addAll(queue.drain());
            flights.forEach(flight -> rest.addAll(flight.items));
            flights.clear();
        }
        rest.forEach(pending -> pending.end("the log was closed"));
    }
}
