package io.holdfast.testkit.sim;

import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.NodeId;
import io.holdfast.core.NotAppliedException;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.Environment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What one life of a node has under way with a {@link SimReplicated}. Answers and deadlines come as tasks of its own timers: late while it is paused, never when it is dead.
 *
 * @param <S> the state
 */
final class SimCalls<S extends SimReplicated.State<S>> {
    private static final int MAX_CALLS = 10_000;
    private static final Duration RETRY = Duration.ofMillis(20);

    private final SimReplicated<S> model;
    private final NodeId node;
    private final Environment own;
    private int calls;

    SimCalls(SimReplicated<S> model, NodeId node, Environment own) {
        this.model = model;
        this.node = node;
        this.own = own;
        model.join(node);
    }

    /** A call under way. The node may die and nobody be told: nothing is tried for it for ever. */
    static final class Call<T> {
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private long patienceNanos;

        /** As a real group's, which comes through a session and a log: who depends on it gets failures in a {@link java.util.concurrent.CompletionException}. */
        CompletionStage<T> stage() {
            return result.thenApply(Function.identity());
        }

        boolean isOver() {
            return result.isDone() || patienceNanos <= 0;
        }

        CompletableFuture<T> result() {
            return result;
        }
    }

    NodeId node() {
        return node;
    }

    /** A call whose deadline ends it as its owner says. */
    <T> Call<T> begin(Deadline deadline, Consumer<CompletableFuture<T>> tooLate) {
        Call<T> call = new Call<>();
        long left = deadline.remainingNanos(own.clock().nanoTime());
        // a clock of a simulation goes half as fast as the world's at least
        call.patienceNanos = left > Long.MAX_VALUE / 4 ? Long.MAX_VALUE : 4 * left;
        if (left <= 0) {
            tooLate.accept(call.result);
        } else if (calls >= MAX_CALLS) {
            call.result.completeExceptionally(new OverloadedException(
                    "node " + node + " has " + MAX_CALLS + " calls under way, its limit; slow the caller down",
                    Duration.ofMillis(100)));
        } else {
            calls++;
            call.result.whenComplete((value, error) -> calls--);
            if (!deadline.isNone()) {
                own.scheduler().schedule(Duration.ofNanos(left), () -> tooLate.accept(call.result));
            }
        }
        return call;
    }

    private <T> Call<T> begin(Deadline deadline, Supplier<HoldfastException> tooLate) {
        return begin(deadline, (CompletableFuture<T> result) -> result.completeExceptionally(tooLate.get()));
    }

    void retry(Call<?> call, Runnable task) {
        call.patienceNanos -= RETRY.toNanos();
        model.after(RETRY, task);
    }

    /** An answer that does not get through is sent again. */
    <T> void deliver(T answer, Call<T> call) {
        if (!call.isOver()) {
            model.after(model.travel(), () -> {
                if (model.reaches(node)) {
                    own.scheduler().schedule(Duration.ZERO, () -> call.result.complete(answer));
                } else {
                    retry(call, () -> deliver(answer, call));
                }
            });
        }
    }

    <T> CompletionStage<T> read(Function<S, T> question, ReadConsistency consistency, Deadline deadline) {
        Call<T> call = begin(
                deadline,
                () -> new UnavailableException("group " + model.id() + " did not answer node " + node
                        + " before the deadline; try again when it reaches a majority"));
        ask(question, consistency, call);
        return call.stage();
    }

    private <T> void ask(Function<S, T> question, ReadConsistency consistency, Call<T> call) {
        if (call.isOver()) {
            return;
        }
        S replica = model.replica(node);
        boolean served = consistency instanceof ReadConsistency.Local
                || (consistency instanceof ReadConsistency.AtLeast at && replica.revision() >= at.revision())
                || (consistency instanceof ReadConsistency.Bounded && model.isFresh(node));
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
        if (model.chance(2)) {
            call.result.complete(answer);
        } else {
            own.scheduler().schedule(Duration.ofNanos(100_000), () -> call.result.complete(answer));
        }
    }

    private <T> void askGroup(Function<S, T> question, Call<T> call) {
        if (call.isOver()) {
            return;
        }
        model.after(model.travel(), () -> {
            if (model.decidesFor(node)) {
                deliver(question.apply(model.state()), call);
            } else {
                retry(call, () -> askGroup(question, call));
            }
        });
    }

    /** Makes a change, once. */
    <R> CompletionStage<R> submit(SimReplicated.Step<S, R> step, Deadline deadline) {
        SimReplicated.Operation<S, R> operation = new SimReplicated.Operation<>(step);
        Call<R> call = begin(deadline, () -> tooLate(operation));
        if (!call.isOver() && !model.reaches(node) && model.chance(2)) {
            // the node hears nobody, but some hear it
            operation.sent = true;
            model.stray(operation);
        }
        send(operation, call);
        return call.stage();
    }

    private HoldfastException tooLate(SimReplicated.Operation<S, ?> operation) {
        String late = "group " + model.id() + " did not answer node " + node + " before the deadline; ";
        return operation.sent
                ? new UnknownOutcomeException(late + "the change may still come to pass, read before you try again")
                : new NotAppliedException(late + "the change was not sent");
    }

    private <R> void send(SimReplicated.Operation<S, R> operation, Call<R> call) {
        if (call.isOver()) {
            return;
        }
        if (!model.decidesFor(node)) {
            retry(call, () -> send(operation, call));
            return;
        }
        operation.sent = true;
        model.after(model.travel(), () -> {
            if (model.decidesFor(node)) {
                deliver(model.decide(operation), call);
            } else {
                model.stray(operation);
                retry(call, () -> send(operation, call));
            }
        });
    }
}
