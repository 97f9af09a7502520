package io.holdfast.consensus;

import io.holdfast.consensus.primitive.BarrierType;
import io.holdfast.consensus.primitive.BarrierType.Stage;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.session.SessionLostException;
import io.holdfast.consensus.state.Answer;
import io.holdfast.consensus.state.ByteReader;
import io.holdfast.core.Check;
import io.holdfast.core.Deadline;
import io.holdfast.core.UnknownOutcomeException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.consistency.Linearizable;
import io.holdfast.core.env.Registration;
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
public final class Barrier implements Linearizable {
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
    public int waiting(ReadConsistency consistency) {
        return Waiting.await(() -> waitingAsync(consistency));
    }

    /**
     * See {@link #waiting}.
     *
     * @param consistency how fresh the answer must be
     * @return the number
     */
    public CompletionStage<Integer> waitingAsync(ReadConsistency consistency) {
        return resource.ask(BarrierType.waiting(), consistency)
                .thenApply(payload -> new ByteReader(payload).varint(BarrierType.MAX_PARTIES));
    }

    /**
     * Waits until all parties are there.
     *
     * @param wait how long at most; the running call's deadline limits it too
     * @return whether all were there; if not, this party waits no more
     * @throws io.holdfast.core.CallCancelledException if the thread is interrupted while it waits; this party waits no more
     */
    public boolean await(Duration wait) {
        return Waiting.awaitOrCancel(() -> awaitAsync(wait), passed -> {});
    }

    /**
     * See {@link #await}.
     *
     * @param wait how long at most
     * @return whether all were there. Cancelling the future ends the waiting of this party
     */
    public CompletableFuture<Boolean> awaitAsync(Duration wait) {
        Deadline until = Deadline.after(resource.nowNanos(), wait)
                .earlier(CallContext.current().deadline());
        Party party = new Party(resource.session().unique(), until);
        party.enter();
        return party.result;
    }

    /** One who waits. */
    private final class Party {
        private final CompletableFuture<Boolean> result = new CompletableFuture<>();
        private final long claim;
        private final Deadline until;

        Party(long claim, Deadline until) {
            this.claim = claim;
            this.until = until;
        }

        void enter() {
            resource.submit(
                            BarrierType.enter(claim, parties),
                            resource.shared().waiting().deadline())
                    .whenComplete((answer, error) -> {
                        if (error == null) {
                            entered(answer);
                        } else {
                            result.completeExceptionally(error);
                        }
                    });
        }

        private void entered(Answer answer) {
            ByteReader in = new ByteReader(answer.payload());
            Stage stage = Stage.values()[in.varint(2)];
            if (stage == Stage.PASSED) {
                result.complete(true);
            } else {
                await(in.varlong(), answer.revision());
            }
        }

        private void await(long session, long revision) {
            CompletableFuture<Optional<Boolean>> decision = resource.until(
                    BarrierType.stage(session, claim),
                    revision,
                    KeyRange.ALL,
                    until,
                    payload -> decided(payload, session));
            result.whenComplete((passed, error) -> decision.cancel(false));
            decision.whenComplete((passed, error) -> {
                if (result.isDone() || error == null && passed.isEmpty()) {
                    leave(session);
                } else if (error != null) {
                    result.completeExceptionally(resource.session().isClosed() ? gone(session) : error);
                } else {
                    result.complete(true);
                }
            });
        }

        private SessionLostException gone(long session) {
            return new SessionLostException("session " + session + " ended while it waited at barrier " + name()
                    + "; whether all were there before cannot be told, agree with the others");
        }

        private Optional<Boolean> decided(byte[] payload, long session) {
            return switch (Stage.values()[new ByteReader(payload).varint(2)]) {
                case WAITING -> Optional.empty();
                case PASSED -> Optional.of(true);
                case GONE -> throw gone(session);
            };
        }

        /** However long the group is silent, for a party that is counted lets the others go without it. All may have come at the last moment: then it has passed. */
        private void leave(long session) {
            resource.insist(session, BarrierType.leave(claim)).whenComplete((answer, error) -> {
                if (error == null) {
                    result.complete(answer.payload()[0] == 0);
                } else {
                    result.completeExceptionally(error);
                }
            });
            Duration patience = Duration.ofNanos(
                    Math.max(0, resource.shared().waiting().deadline().remainingNanos(resource.nowNanos())));
            Registration limit = resource.shared()
                    .environment()
                    .scheduler()
                    .schedule(patience, () -> result.completeExceptionally(silent()));
            result.whenComplete((passed, error) -> limit.close());
        }

        private UnknownOutcomeException silent() {
            return new UnknownOutcomeException(
                    "the time at barrier " + name()
                            + " is over, and whether all came at the last moment cannot be told: the group does not answer; this party leaves in the background, agree with the others");
        }
    }
}
