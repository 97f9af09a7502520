package io.holdfast.consensus;

import io.holdfast.consensus.primitive.BarrierType;
import io.holdfast.consensus.primitive.BarrierType.Stage;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.session.SessionLostException;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.cluster.ReadConsistency;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A place where parties wait until so many are there at the same time; then all of them pass, and the next may come. A party that stops waiting, or whose session ends, is not
 * counted any more and does not disturb the others: there is no broken barrier.
 *
 * <p>All parties must say the same number while anybody waits. Methods fail with {@link io.holdfast.core.NotAppliedException}, {@link io.holdfast.core.OverloadedException} or
 * {@link io.holdfast.core.UnavailableException} (surely not counted: try again), {@link io.holdfast.core.UnknownOutcomeException} (it may have been counted, and stays so until the session
 * ends: agree with the others before trying again), {@link SessionLostException} (it cannot be told whether it passed) and {@link io.holdfast.consensus.session.RefusedException} (another
 * number of parties). Safe for use by many threads.
 */
public final class Barrier {
    private final Resource resource;
    private final int parties;

    Barrier(Resource resource, int parties) {
        this.resource = resource;
        this.parties =
                (int) Check.between("parties of barrier " + resource.name(), parties, 1, BarrierType.MAX_PARTIES);
    }

    /**
     * The barrier's name.
     *
     * @return the name
     */
    public String name() {
        return resource.name();
    }

    /**
     * How many wait.
     *
     * @param consistency how fresh the answer must be
     * @return the number
     */
    public CompletionStage<Integer> waiting(ReadConsistency consistency) {
        return resource.ask(BarrierType.waiting(), consistency)
                .thenApply(payload -> new ByteReader(payload).varint(BarrierType.MAX_PARTIES));
    }

    /**
     * Waits until all parties are there.
     *
     * @param wait how long at most; the running call's deadline limits it too
     * @return whether all were there; if not, this party waits no more
     */
    public boolean await(Duration wait) {
        return Waiting.await(awaitAsync(wait));
    }

    /**
     * See {@link #await}.
     *
     * @param wait how long at most
     * @return whether all were there
     */
    public CompletionStage<Boolean> awaitAsync(Duration wait) {
        Deadline until = Deadline.after(resource.nowNanos(), wait)
                .earlier(CallContext.current().deadline());
        long claim = resource.session().unique();
        return resource.submit(
                        BarrierType.enter(claim, parties),
                        resource.shared().waiting().deadline())
                .thenCompose(answer -> entered(answer, claim, until));
    }

    private CompletionStage<Boolean> entered(Answer answer, long claim, Deadline until) {
        ByteReader in = new ByteReader(answer.payload());
        Stage stage = Stage.values()[in.varint(2)];
        long session = in.varlong();
        if (stage == Stage.PASSED) {
            return CompletableFuture.completedFuture(true);
        }
        return resource.until(
                        BarrierType.stage(session, claim),
                        answer.revision(),
                        KeyRange.ALL,
                        until,
                        payload -> decided(payload, session))
                .thenCompose(
                        passed -> passed.isPresent() ? CompletableFuture.completedFuture(true) : leave(session, claim));
    }

    private Optional<Boolean> decided(byte[] payload, long session) {
        return switch (Stage.values()[new ByteReader(payload).varint(2)]) {
            case WAITING -> Optional.empty();
            case PASSED -> Optional.of(true);
            case GONE ->
                throw new SessionLostException("session " + session + " ended while it waited at barrier " + name()
                        + "; whether all were there before cannot be told, agree with the others");
        };
    }

    /** All may have come at the last moment: then it has passed. */
    private CompletionStage<Boolean> leave(long session, long claim) {
        return resource.session()
                .submitIn(
                        session,
                        resource.type(),
                        resource.name(),
                        BarrierType.leave(claim),
                        resource.shared().waiting().deadline())
                .thenApply(answer -> answer.payload()[0] == 0);
    }
}
