package io.holdfast.consensus;

import io.holdfast.consensus.primitive.PermitDescription;
import io.holdfast.consensus.primitive.PermitType;
import io.holdfast.consensus.primitive.PermitType.Stage;
import io.holdfast.consensus.primitive.PermitType.Status;
import io.holdfast.consensus.session.KeyRange;
import io.holdfast.consensus.session.SessionLostException;
import io.holdfast.consensus.state.Answer;
import io.holdfast.core.CodecException;
import io.holdfast.core.Deadline;
import io.holdfast.core.HoldfastException;
import io.holdfast.core.Retry;
import io.holdfast.core.UnavailableException;
import io.holdfast.core.call.CallContext;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Claims permits of one name. Safe for use by many threads. */
final class Permits {
    /** Waits as long as it takes. */
    static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private static final Duration CLOCKS_APART = Duration.ofSeconds(1);

    private final Resource resource;
    private final int of;
    private final byte[] owner;

    Permits(Resource resource, int of, byte[] owner) {
        this.resource = resource;
        this.of = of;
        this.owner = owner;
    }

    String name() {
        return resource.name();
    }

    Resource resource() {
        return resource;
    }

    /** Waits at most so long, and not beyond the running call's deadline; empty if the time is over. Cancelling the future gives up the claim. */
    CompletableFuture<Optional<Lease>> acquire(int permits, Duration wait) {
        long now = resource.nowNanos();
        Deadline call = CallContext.current().deadline();
        Deadline until = wait.equals(FOREVER) ? call : Deadline.after(now, wait).earlier(call);
        long nanos = until.isNone() ? Long.MAX_VALUE : Math.max(0, until.remainingNanos(now));
        Attempt attempt = new Attempt(resource.session().unique(), until);
        byte[] operation = new PermitType.Acquire(attempt.number, permits, of, nanos, owner).encode();
        Deadline standard = resource.shared().waiting().deadline();
        boolean waitsLonger = until.remainingNanos(now) > standard.remainingNanos(now);
        resource.submit(operation, waitsLonger ? until : standard).whenComplete((answer, error) -> {
            if (error == null) {
                attempt.answered(answer);
            } else {
                attempt.failed(error);
            }
        });
        return attempt.result;
    }

    /** What came for one who waits no more. */
    static void giveBack(Optional<Lease> late) {
        late.ifPresent(Lease::release);
    }

    /** The same for a thread that waits and that is interrupted if the lease is lost. */
    Optional<Lease> await(int permits, Duration wait) {
        Optional<Lease> lease = Waiting.awaitOrCancel(() -> acquire(permits, wait), Permits::giveBack);
        lease.ifPresent(Lease::interruptThisThread);
        return lease;
    }

    /** Waits as long as it takes, or until the running call's deadline. Cancelling the future gives up the claim. */
    CompletableFuture<Lease> acquire(int permits) {
        CompletableFuture<Optional<Lease>> claim = acquire(permits, FOREVER);
        CompletableFuture<Lease> lease = claim.thenApply(found -> found.orElseThrow(() -> Waiting.tooLate(name())));
        lease.whenComplete((found, error) -> {
            if (lease.isCancelled() && !claim.cancel(false)) {
                claim.thenAccept(Permits::giveBack);
            }
        });
        return lease;
    }

    /** The same for a thread that waits and that is interrupted if the lease is lost. */
    Lease await(int permits) {
        Lease lease = Waiting.awaitOrCancel(() -> acquire(permits), Lease::release);
        lease.interruptThisThread();
        return lease;
    }

    CompletionStage<Holders> holders(ReadConsistency consistency) {
        return resource.ask(PermitType.describe(), consistency)
                .thenApply(payload -> Holders.of(PermitDescription.decode(payload)));
    }

    /** One claim on its way. */
    private final class Attempt {
        private final CompletableFuture<Optional<Lease>> result = new CompletableFuture<>();
        private final long number;
        private final Deadline until;

        Attempt(long number, Deadline until) {
            this.number = number;
            this.until = until;
        }

        /** Harmless if it was not done; and if its session has ended since, so has the claim. */
        private void failed(Throwable error) {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            if (!(cause instanceof HoldfastException known) || known.retry() == Retry.IF_IDEMPOTENT) {
                resource.shared()
                        .leases()
                        .abandon(new Lease.Claim(resource, resource.session().id(), number, 0), true);
            }
            result.completeExceptionally(cause);
        }

        private void answered(Answer answer) {
            try {
                Status status = Status.decode(answer.payload());
                switch (status.stage()) {
                    case NONE -> result.complete(Optional.empty());
                    case GRANTED -> granted(status);
                    case WAITING -> await(status.session(), answer.revision());
                }
            } catch (CodecException e) {
                failed(e);
            }
        }

        private void await(long session, long revision) {
            CompletableFuture<Optional<Status>> decision = resource.until(
                    PermitType.claim(session, number),
                    revision,
                    KeyRange.only(PermitType.eventKey(session, number)),
                    until,
                    payload -> Optional.of(Status.decode(payload)).filter(status -> status.stage() != Stage.WAITING));
            result.whenComplete((lease, error) -> decision.cancel(false));
            decision.whenComplete((status, error) -> {
                if (error != null) {
                    abandon(session);
                    result.completeExceptionally(error);
                } else if (status.isPresent() && status.get().stage() == Stage.GRANTED) {
                    granted(status.get());
                } else {
                    gone(session, status.isEmpty() || timeIsOver(session));
                }
            });
        }

        /** The group counts the time from later on, but its word may overtake this node's timer; and two clocks do not run quite alike. */
        private boolean timeIsOver(long session) {
            long left = until.remainingNanos(resource.nowNanos());
            return left <= 0
                    || left <= CLOCKS_APART.toNanos() && resource.session().id() == session;
        }

        /** If the group has forgotten the claim long before its time, the session has ended. */
        private void gone(long session, boolean waited) {
            if (waited) {
                abandon(session);
                result.complete(Optional.empty());
            } else {
                result.completeExceptionally(new SessionLostException("session " + session
                        + " ended while it waited for " + name()
                        + ", and its place in the queue with it; ask again"));
            }
        }

        private void abandon(long session) {
            resource.shared().leases().abandon(new Lease.Claim(resource, session, number, 0), false);
        }

        private void granted(Status status) {
            Lease lease =
                    resource.shared().leases().add(new Lease.Claim(resource, status.session(), number, status.token()));
            if (!lease.isHeld()) {
                lease.release();
                result.completeExceptionally(new UnavailableException(
                        "the lease of " + name() + " came so late that it may be over already; ask again"));
            } else if (!result.complete(Optional.of(lease))) {
                lease.release();
            }
        }
    }
}
