package io.holdfast.consensus;

import io.holdfast.consensus.session.GroupSession;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.StateLimits;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.OverloadedException;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.env.Environment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** One name of one type, as the primitives' clients see it. Safe for use by many threads. */
final class Resource {
    /** What all resources of a group have in common on this node. */
    record Shared(
            GroupSession session,
            Environment environment,
            Waiting waiting,
            Leases leases,
            Executor callbacks,
            Set<Candidacy> candidacies) {}

    private static final Duration RETRY = Duration.ofMillis(100);

    private final Shared shared;
    private final int type;
    private final String name;

    Resource(Shared shared, int type, String name) {
        this.shared = shared;
        this.type = type;
        this.name = name;
        Check.between(
                "bytes of the name " + name, name.getBytes(StandardCharsets.UTF_8).length, 1, StateLimits.MAX_NAME);
    }

    String name() {
        return name;
    }

    int type() {
        return type;
    }

    Shared shared() {
        return shared;
    }

    GroupSession session() {
        return shared.session();
    }

    long nowNanos() {
        return shared.environment().clock().nanoTime();
    }

    CompletionStage<byte[]> submit(byte[] operation) {
        return submit(operation, shared.waiting().deadline()).thenApply(Answer::payload);
    }

    CompletionStage<Answer> submit(byte[] operation, Deadline deadline) {
        return session().submit(type, name, operation, deadline);
    }

    /** Does an operation in one session, however long it takes; fails when the session has ended, and what was to be taken back with it. */
    CompletionStage<Answer> insist(long session, byte[] operation) {
        CompletableFuture<Answer> result = new CompletableFuture<>();
        insist(session, operation, result);
        return result;
    }

    private void insist(long session, byte[] operation, CompletableFuture<Answer> result) {
        session().submitIn(session, type, name, operation, Deadline.NONE).whenComplete((answer, error) -> {
            if (error == null) {
                result.complete(answer);
            } else if (error instanceof OverloadedException) {
                shared.environment().scheduler().schedule(RETRY, () -> insist(session, operation, result));
            } else {
                result.completeExceptionally(error);
            }
        });
    }

    CompletionStage<byte[]> ask(byte[] question, ReadConsistency consistency) {
        return session()
                .ask(type, name, question, consistency, shared.waiting().deadline())
                .thenApply(Answer::payload);
    }

    /**
     * Waits until a question has the answer that is waited for. Nothing is sent while nothing happens: the question is asked again after an event.
     *
     * @param question the question
     * @param known a revision at which the answer was not there yet, or 0 if it was not asked yet
     * @param range the keys whose events may change the answer
     * @param deadline until when to wait
     * @param decides what to make of an answer; empty to wait on
     * @return what was made of it, or empty at the deadline; fails if the question is refused. Cancelling ends the waiting
     */
    <T> CompletableFuture<Optional<T>> until(
            byte[] question, long known, KeyRange range, Deadline deadline, Function<byte[], Optional<T>> decides) {
        Until<T> until = new Until<>(this, question, range, decides);
        until.start(known, deadline);
        return until.result();
    }
}
