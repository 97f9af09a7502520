package io.holdfast.consensus;

import io.holdfast.consensus.primitive.PermitDescription;
import io.holdfast.consensus.primitive.PermitType;
import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.core.call.Waiting;
import io.holdfast.core.cluster.ReadConsistency;
import io.holdfast.core.consistency.Linearizable;
import io.holdfast.core.env.Registration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * An office that one node holds at a time. Every term has a fencing token larger than all before; a term ends when its holder resigns, or with its session. Candidates come into office in
 * the order in which they stood.
 *
 * <p>Methods fail as those of {@link DistributedLock} do, with the same remedies. Safe for use by many threads.
 */
public final class LeaderElection implements Linearizable {
    private final Permits claims;

    LeaderElection(Permits claims) {
        this.claims = claims;
    }

    /**
     * A term of office.
     *
     * @param node who holds it
     * @param token its fencing token: the number of the term
     */
    public record Term(NodeId node, long token) {}

    /** What is done in office. */
    @FunctionalInterface
    public interface Duty {
        /**
         * Runs in office, in a {@link io.holdfast.core.call.CallContext} with the term's token, on a thread that is interrupted when the term is lost or to be resigned. The next
         * term does not begin on any node before this returns, as long as it returns within a quarter of the session's time to live after the interrupt.
         *
         * @param term the term, for as long as it is held
         * @throws InterruptedException if it was interrupted: an orderly end
         */
        void run(Lease term) throws InterruptedException;
    }

    /**
     * The office's name.
     *
     * @return the name
     */
    public String name() {
        return claims.name();
    }

    /**
     * Stands for the office, and waits until this node is elected: as long as it takes, or until the running call's deadline.
     *
     * @return the term; close it to resign. The calling thread is interrupted if the term is lost before
     * @throws io.holdfast.core.DeadlineExceededException if the running call's deadline comes first
     * @throws io.holdfast.core.CallCancelledException if the thread is interrupted while it waits; it stands no more
     */
    public Lease campaign() {
        return claims.await(1);
    }

    /**
     * See {@link #campaign}; no thread is interrupted unless {@link Lease#interruptThisThread} asks for it.
     *
     * @return the term; close it to resign. Cancelling the future withdraws
     */
    public CompletableFuture<Lease> campaignAsync() {
        return claims.acquire(1);
    }

    /**
     * Stands for the office for good, and runs a duty whenever this node is elected: once a term, on a thread of its own. A duty that returns stays in office, doing nothing, until the
     * term is lost; one that throws while it is in office resigns, for another node may do better, and this node stands again after a second, which doubles with each failure in a row up to
     * a minute.
     *
     * @param duty what is done in office
     * @return ends the candidacy
     */
    public Candidacy lead(Duty duty) {
        return lead(Duration.ZERO, duty);
    }

    /**
     * As {@link #lead(Duty)}, with a duty that is done again and again: at once when this node is elected, and then with so much time from one beginning to the next, or at once if
     * it takes longer. It never runs twice at a time.
     *
     * @param every the time from one beginning to the next; zero does it once a term
     * @param duty what is done in office
     * @return ends the candidacy
     * @throws IllegalArgumentException if the time is negative
     */
    public Candidacy lead(Duration every, Duty duty) {
        LeaderLoop loop = new LeaderLoop(this, claims.resource().shared(), Check.notNegative("every", every), duty);
        loop.campaign();
        return loop;
    }

    /**
     * Who holds the office.
     *
     * @param consistency how fresh the answer must be
     * @return the term, or empty if nobody does
     */
    public Optional<Term> leader(ReadConsistency consistency) {
        return Waiting.await(() -> leaderAsync(consistency));
    }

    /**
     * See {@link #leader}.
     *
     * @param consistency how fresh the answer must be
     * @return the term, or empty if nobody does
     */
    public CompletionStage<Optional<Term>> leaderAsync(ReadConsistency consistency) {
        return claims.resource().ask(PermitType.describe(), consistency).thenApply(LeaderElection::term);
    }

    static Optional<Term> term(byte[] description) {
        return PermitDescription.decode(description).holders().stream()
                .findFirst()
                .map(holder ->
                        new Term(NodeId.of(new String(holder.owner(), StandardCharsets.UTF_8)), holder.number()));
    }

    /**
     * Tells who holds the office: soon, and after each change, at least after the last one of several. What is told may be over already; tokens never go back. While the group gives no answer it is
     * asked again.
     *
     * @param listener called one call after the other, on a thread of its own; it may block. What it throws is logged
     * @return ends the telling
     */
    public Registration onChange(Consumer<Optional<Term>> listener) {
        OfficeWatch watch = new OfficeWatch(claims.resource(), listener);
        watch.start();
        return watch;
    }
}
