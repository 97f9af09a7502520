package io.holdfast.consensus.log;

import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.cluster.Leadership.Term;
import io.holdfast.core.cluster.ReadConsistency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one node. With a replica: wait until it is fresh enough, then ask it. Without one: ask a node that has one; linearizable queries go to the leader together.
 *
 * <p>A replica that has just started serves no read before it has passed one barrier, except for those that name a revision: it may know less than it did when it went down.
 */
final class Reads {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    private static final int MAX_DOUBLINGS = 3;
    private static final Duration OVERLOAD_PAUSE = Duration.ofMillis(50);

    private final GroupContext context;
    private final Supplier<@Nullable LocalReplica> local;
    private final LeaderFinder finder;
    private final Gateway linearizable;
    private final AtomicInteger open = new AtomicInteger();
    private final Rounds<Long> asked = new Rounds<>(this::askLeader);
    private final Set<Elsewhere> elsewhere = ConcurrentHashMap.newKeySet();
    /** The node that answered last; empty: the leader. */
    private volatile Optional<NodeId> liked = Optional.empty();

    Reads(GroupContext context, Supplier<@Nullable LocalReplica> local, LeaderFinder finder, Gateway linearizable) {
        this.context = context;
        this.local = local;
        this.finder = finder;
        this.linearizable = linearizable;
    }

    /** Nobody waits any longer for what a leader of the past may answer. */
    void leaderChanged() {
        Optional<NodeId> leader = context.leader().current().leader();
        asked.giveUp(new UnavailableException("the leader of group " + context.group() + " changed"));
        if (leader.isPresent()) {
            liked = Optional.empty();
            elsewhere.forEach(query -> query.leaderIs(leader.get()));
        }
    }

    CompletionStage<byte[]> query(Query query, Deadline deadline) {
        LocalReplica here = local.get();
        if (here != null && here.serves()) {
            return query(here, query, deadline);
        }
        if (query.consistency() instanceof ReadConsistency.Linearizable) {
            return linearizable.offer(query.encode(), deadline, context.now());
        }
        return bounded(() -> {
            Elsewhere asking = new Elsewhere(query, deadline);
            elsewhere.add(asking);
            asking.result.whenComplete((bytes, error) -> elsewhere.remove(asking));
            context.deadlines().add(asking);
            asking.attempt();
            return asking.result;
        });
    }

    /** Asks this replica, once it is fresh enough. */
    CompletionStage<byte[]> query(LocalReplica here, Query query, Deadline deadline) {
        return bounded(() -> fresh(here, query.consistency(), deadline)
                .thenCompose(index -> here.applier().query(query.bytes())));
    }

    private CompletionStage<Long> fresh(LocalReplica here, ReadConsistency consistency, Deadline deadline) {
        if (consistency instanceof ReadConsistency.AtLeast least) {
            return here.awaitRevision(least.revision(), deadline);
        }
        boolean served = consistency instanceof ReadConsistency.Local && here.hasCaughtUp()
                || consistency instanceof ReadConsistency.Bounded bounded && here.isFresh(bounded.staleness());
        return served ? CompletableFuture.completedFuture(here.applier().index()) : confirm(here, deadline);
    }

    CompletionStage<Long> barrier(Deadline deadline) {
        LocalReplica here = local.get();
        if (here == null || !here.serves()) {
            return CompletableFuture.failedFuture(new UnavailableException("node " + context.self()
                    + " keeps no replica of group " + context.group() + "; ask by a query instead"));
        }
        return bounded(() -> confirm(here, deadline));
    }

    private CompletionStage<Long> confirm(LocalReplica here, Deadline deadline) {
        Barrier barrier = new Barrier(here, deadline);
        barrier.attempt();
        if (!barrier.isDone()) {
            context.deadlines().add(barrier);
        }
        return barrier.result;
    }

    private <T> CompletionStage<T> bounded(Supplier<CompletionStage<T>> read) {
        int limit = context.config().waitingReads();
        if (open.incrementAndGet() > limit) {
            open.decrementAndGet();
            return CompletableFuture.failedFuture(new OverloadedException(
                    "node " + context.self() + " has " + limit + " reads of group " + context.group()
                            + " waiting, its limit; slow the callers down",
                    OVERLOAD_PAUSE));
        }
        CompletionStage<T> result;
        try {
            result = read.get();
        } catch (RuntimeException | Error e) {
            result = CompletableFuture.failedFuture(e); // one that cannot begin keeps no place
        }
        return result.whenComplete((value, error) -> open.decrementAndGet());
    }

    /** A read that waits until this replica has applied all that was acknowledged before it came. */
    private final class Barrier extends Waiter<Long> {
        private final LocalReplica here;
        private volatile String last = "";

        Barrier(LocalReplica here, Deadline deadline) {
            super(deadline);
            this.here = here;
        }

        void attempt() {
            if (isDone()) {
                return;
            }
            if (!here.serves()) {
                end("its replica has ended");
                return;
            }
            long began = context.now();
            CompletionStage<Long> safe = here.leads() ? here.safeIndex() : asked.join();
            safe.thenCompose(index -> here.awaitEntry(index, deadline)).whenComplete((applied, error) -> {
                if (error == null) {
                    here.confirmed(began);
                    result.complete(here.applier().index());
                } else if (!isDone()) {
                    last = String.valueOf(Answer.causeOf(error).getMessage());
                    context.later(PAUSE, this::attempt);
                }
            });
        }

        @Override
        HoldfastException ended(String why) {
            return new UnavailableException("no majority of group " + context.group() + " confirmed a read and " + why
                    + (last.isEmpty() ? "" : "; last: " + last) + "; try again");
        }
    }

    private CompletionStage<Long> askLeader() {
        Term term = context.leader().current();
        if (term.leader().isEmpty()) {
            finder.want();
            return CompletableFuture.failedFuture(
                    new UnavailableException("no leader of group " + context.group() + " is known"));
        }
        Deadline deadline = context.within(context.config().roundTimeout());
        return context.ask(term.leader().get(), Route.READ_INDEX, GroupContext.QUESTION, deadline)
                .thenApply(answer -> {
                    if (answer.status() != Answer.Status.DONE) {
                        throw new UnavailableException(answer.text());
                    }
                    return Varints.get(answer.body().duplicate());
                });
    }

    /** A query of a node without a replica; asks one node after the other until one answers: the one that answered last, the leader, other voters, all others. */
    private final class Elsewhere extends Waiter<byte[]> {
        private final Query query;
        private NodeId asking = context.self();
        private int question;
        private int position;
        private volatile String last = "";

        Elsewhere(Query query, Deadline deadline) {
            super(deadline);
            this.query = query;
        }

        void attempt() {
            NodeId node;
            Duration patience;
            int number;
            synchronized (this) {
                if (isDone()) {
                    return;
                }
                node = choose();
                patience = patience();
                asking = node;
                number = ++question;
            }
            if (node.equals(context.self())) {
                again(number, false, "no other node is known");
                return;
            }
            long began = context.now();
            boolean led = leads(node);
            byte[] batch = Batch.of(List.of(query.encode())).encode();
            context.ask(node, Route.QUERY, batch, deadline.earlier(context.within(patience)))
                    .thenAccept(answer -> {
                        boolean waited = waits() && context.now() - began > patience.toNanos() / 2;
                        answered(node, number, waited || !led && leads(node), answer);
                    })
                    .exceptionally(error -> {
                        again(number, false, error.toString());
                        return null;
                    });
        }

        private boolean leads(NodeId node) {
            return context.leader().current().leader().equals(Optional.of(node));
        }

        private boolean waits() {
            return query.consistency() instanceof ReadConsistency.AtLeast;
        }

        /** Longer each time; who waits for a revision to come is asked now and then whether it still runs. */
        private Duration patience() {
            return waits()
                    ? LONGEST_WAIT
                    : context.config().roundTimeout().multipliedBy(1L << Math.min(position, MAX_DOUBLINGS));
        }

        private NodeId choose() {
            Set<NodeId> nodes = new LinkedHashSet<>();
            liked.ifPresent(nodes::add);
            context.leader().current().leader().ifPresent(nodes::add);
            nodes.addAll(context.replicas().nodes());
            nodes.addAll(context.candidates().get());
            nodes.remove(context.self());
            return nodes.isEmpty() ? context.self() : new ArrayList<>(nodes).get(position % nodes.size());
        }

        /** Another node leads: who waits for the one before it waits in vain, if that has stopped. */
        void leaderIs(NodeId leader) {
            boolean other;
            synchronized (this) {
                other = !asking.equals(leader) && !asking.equals(context.self());
                position = other ? 0 : position;
            }
            if (other) {
                attempt();
            }
        }

        /** A node that refuses because it waited in vain, or that has come to lead meanwhile, is asked again. */
        private void answered(NodeId node, int number, boolean askAgain, Answer answer) {
            byte[] bytes = answer.status() == Answer.Status.DONE
                    ? Results.decode(answer.body().duplicate(), 1).get(0)
                    : null;
            if (bytes != null) {
                liked = Optional.of(node);
                result.complete(bytes);
            } else if (answer.status() == Answer.Status.DONE) {
                result.completeExceptionally(Outcomes.QUERY.missing());
            } else {
                again(number, askAgain && answer.status() == Answer.Status.NOT_APPLIED, answer.text());
            }
        }

        private void again(int number, boolean sameNode, String why) {
            last = why;
            synchronized (this) {
                if (number != question) {
                    return; // it was asked again meanwhile
                }
                if (!sameNode) {
                    position++;
                    liked = liked.filter(node -> !node.equals(asking));
                }
            }
            context.later(PAUSE, this::attempt);
        }

        @Override
        HoldfastException ended(String why) {
            return new UnavailableException("no replica of group " + context.group() + " answered and " + why
                    + (last.isEmpty() ? "" : "; last: " + last) + "; try again");
        }
    }
}
