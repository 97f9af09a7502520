package io.holdfast.testkit.sim;

import io.holdfast.core.Deadline;
import io.holdfast.core.GroupId;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.cluster.ReplicatedTable;
import io.holdfast.core.cluster.TableRules;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** A {@link SimTable} as one life of a node sees it. */
final class SimTableView implements ReplicatedTable {
    private static final int MAX_CALLS = 10_000;
    private static final Duration RETRY = Duration.ofMillis(20);

    private final SimTable table;
    private final NodeId node;
    private final Environment own;
    private int calls;

    SimTableView(SimTable table, NodeId node, Environment own) {
        this.table = table;
        this.node = node;
        this.own = own;
    }

    /** A call under way. The node may die and nobody be told: nothing is tried for it for ever. */
    private static final class Call<T> {
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private long patienceNanos;

        /** As a real table's, which comes through a session and a log: who depends on it gets failures in a {@link java.util.concurrent.CompletionException}. */
        CompletionStage<T> stage() {
            return result.thenApply(Function.identity());
        }

        boolean isOver() {
            return result.isDone() || patienceNanos <= 0;
        }
    }

    private <T> Call<T> begin(Deadline deadline, Supplier<HoldfastException> tooLate) {
        Call<T> call = new Call<>();
        long left = deadline.remainingNanos(own.clock().nanoTime());
        // a clock of a simulation goes half as fast as the world's at least
        call.patienceNanos = left > Long.MAX_VALUE / 4 ? Long.MAX_VALUE : 4 * left;
        if (left <= 0) {
            call.result.completeExceptionally(tooLate.get());
        } else if (calls >= MAX_CALLS) {
            call.result.completeExceptionally(new OverloadedException(
                    "node " + node + " has " + MAX_CALLS + " calls under way, its limit; slow the caller down",
                    Duration.ofMillis(100)));
        } else {
            calls++;
            call.result.whenComplete((value, error) -> calls--);
            if (!deadline.isNone()) {
                own.scheduler()
                        .schedule(Duration.ofNanos(left), () -> call.result.completeExceptionally(tooLate.get()));
            }
        }
        return call;
    }

    private void retry(Call<?> call, Runnable task) {
        call.patienceNanos -= RETRY.toNanos();
        table.after(RETRY, task);
    }

    /** An answer that does not get through is sent again. */
    private <T> void deliver(T answer, Call<T> call) {
        if (!call.isOver()) {
            table.after(table.travel(), () -> {
                if (table.reaches(node)) {
                    own.scheduler().schedule(Duration.ZERO, () -> call.result.complete(answer));
                } else {
                    retry(call, () -> deliver(answer, call));
                }
            });
        }
    }

    @Override
    public GroupId group() {
        return table.id();
    }

    @Override
    public CompletionStage<Optional<Row>> get(String key, ReadConsistency consistency, Deadline deadline) {
        TableRules.checkKey(key);
        return read(rows -> rows.get(key), consistency, deadline);
    }

    @Override
    public CompletionStage<Page> scan(
            String prefix, String after, int limit, ReadConsistency consistency, Deadline deadline) {
        TableRules.checkScan(prefix, after, limit);
        return read(rows -> rows.scan(prefix, after, limit), consistency, deadline);
    }

    private <T> CompletionStage<T> read(Function<SimRows, T> question, ReadConsistency consistency, Deadline deadline) {
        Call<T> call = begin(
                deadline,
                () -> new UnavailableException("group " + table.id() + " did not answer node " + node
                        + " before the deadline; try again when it reaches a majority"));
        ask(question, consistency, call);
        return call.stage();
    }

    private <T> void ask(Function<SimRows, T> question, ReadConsistency consistency, Call<T> call) {
        if (call.isOver()) {
            return;
        }
        SimRows replica = table.replica(node);
        boolean served = consistency instanceof ReadConsistency.Local
                || (consistency instanceof ReadConsistency.AtLeast at && replica.revision() >= at.revision())
                || (consistency instanceof ReadConsistency.Bounded && table.isFresh(node));
        if (served) {
            answerHere(question.apply(replica), call);
        } else if (consistency instanceof ReadConsistency.AtLeast) {
            retry(call, () -> ask(question, consistency, call));
        } else {
            askGroup(question, call);
        }
    }

    /** Some are answered before the call returns, as a real replica does. */
    private <T> void answerHere(T answer, Call<T> call) {
        if (table.chance(2)) {
            call.result.complete(answer);
        } else {
            own.scheduler().schedule(Duration.ofNanos(100_000), () -> call.result.complete(answer));
        }
    }

    private <T> void askGroup(Function<SimRows, T> question, Call<T> call) {
        if (call.isOver()) {
            return;
        }
        table.after(table.travel(), () -> {
            if (table.decidesFor(node)) {
                deliver(question.apply(table.rows()), call);
            } else {
                retry(call, () -> askGroup(question, call));
            }
        });
    }

    @Override
    public CompletionStage<Committed> commit(List<Condition> conditions, List<Change> changes, Deadline deadline) {
        TableRules.checkCommit(conditions, changes);
        SimTable.Commit commit = new SimTable.Commit(conditions, changes);
        Call<Committed> call = begin(deadline, () -> tooLate(commit));
        if (!call.isOver() && !table.reaches(node) && table.chance(2)) {
            // the node hears nobody, but some hear it
            commit.sent = true;
            table.stray(commit);
        }
        send(commit, call);
        return call.stage();
    }

    private HoldfastException tooLate(SimTable.Commit commit) {
        String late = "group " + table.id() + " did not answer node " + node + " before the deadline; ";
        return commit.sent
                ? new UnknownOutcomeException(late + "the commit may still come to pass, read before you try again")
                : new NotAppliedException(late + "the commit was not sent");
    }

    private void send(SimTable.Commit commit, Call<Committed> call) {
        if (call.isOver()) {
            return;
        }
        if (!table.decidesFor(node)) {
            retry(call, () -> send(commit, call));
            return;
        }
        commit.sent = true;
        table.after(table.travel(), () -> {
            if (table.decidesFor(node)) {
                deliver(table.decide(commit), call);
            } else {
                table.stray(commit);
                retry(call, () -> send(commit, call));
            }
        });
    }
}
