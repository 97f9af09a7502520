package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import io.holdfast.core.loop.Outbox;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Agrees on the id of a new cluster and on who founded it: single-decree Paxos (Lamport, "Paxos made simple", 2001, section 2.2) whose quorum is every participant. What is promised and accepted is on disk before
 * it is said, so a round that is interrupted anywhere is taken up with the same id.
 */
final class Founding {
    private static final int COUNTER_SHIFT = 24;

    /** A round that this node leads. */
    private static final class Round {
        final long ballot;
        final Map<NodeId, Address> participants;
        final Set<NodeId> promised = new HashSet<>();
        final Set<NodeId> accepted = new HashSet<>();
        final long startNanos;
        long bestBallot;
        Charter value = Charter.NONE;
        boolean accepting;

        Round(long ballot, Map<NodeId, Address> participants, long startNanos) {
            this.ballot = ballot;
            this.participants = participants;
            this.startNanos = startNanos;
        }
    }

    private final LocalNode local;
    private final long nonce;
    private long counter;
    private @Nullable Round round;

    Founding(LocalNode local, long nonce) {
        this.local = local;
        this.nonce = nonce;
    }

    /** Who takes part in the running round; empty if there is none. */
    Map<NodeId, Address> participants() {
        Round current = round;
        return current == null ? Map.of() : current.participants;
    }

    /** Asks again whoever has not answered; false if no round is running, or it has lasted too long. */
    boolean goOn(long nowNanos, long patienceNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Round current = round;
        if (current == null || nowNanos - current.startNanos >= patienceNanos) {
            round = null;
            return false;
        }
        ask(current, out);
        return true;
    }

    /** Begins a round; the charter at once if this node is alone. */
    Optional<Charter> propose(
            Map<NodeId, Address> participants, long nowNanos, Outbox<Packet, SwimTimer, SwimEvent> out) {
        long ballot = nextBallot();
        Round started = new Round(ballot, participants, nowNanos);
        round = started;
        local.decide(SwimEvent.Decision.FORM, local.id(), "proposes a cluster of " + participants.keySet(), out);
        local.remember(local.memory().withPromised(ballot), out);
        SwimMemory memory = local.memory();
        Optional<Charter> alone = onPromise(started, local.id(), memory.acceptedBallot(), memory.accepted(), out);
        if (alone.isEmpty()) {
            ask(started, out);
        }
        return alone;
    }

    /** A ballot is unique: a counter above, the process's nonce below. */
    private long nextBallot() {
        counter = Math.max(counter, local.memory().promisedBallot() >>> COUNTER_SHIFT) + 1;
        return (counter << COUNTER_SHIFT) | (nonce & ((1L << COUNTER_SHIFT) - 1));
    }

    /** Messages may be lost, and every participant must answer: those that have not are asked in each period. */
    private void ask(Round current, Outbox<Packet, SwimTimer, SwimEvent> out) {
        int quorum = current.participants.size();
        Body question = current.accepting
                ? new Body.Accept(current.ballot, quorum, current.value)
                : new Body.Prepare(current.ballot, quorum);
        Set<NodeId> answered = current.accepting ? current.accepted : current.promised;
        current.participants.forEach((id, address) -> {
            if (!answered.contains(id)) {
                local.sendBare(address, question, out);
            }
        });
    }

    /** {@link Body.Prepare} or {@link Body.Accept}; a reason if this node cannot take part. */
    Optional<String> onQuestion(Address from, Body body, Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (body instanceof Body.Prepare prepare && prepare.quorum() >= local.expect) {
            if (mayVote(from, prepare.ballot(), out)) {
                local.remember(local.memory().withPromised(prepare.ballot()), out);
                SwimMemory memory = local.memory();
                local.sendBare(
                        from, new Body.Promise(prepare.ballot(), memory.acceptedBallot(), memory.accepted()), out);
            }
        } else if (body instanceof Body.Accept accept && accept.quorum() >= local.expect) {
            if (mayVote(from, accept.ballot(), out)) {
                local.remember(local.memory().withAccepted(accept.ballot(), accept.value()), out);
                local.sendBare(from, new Body.Accepted(accept.ballot()), out);
            }
        } else {
            return Optional.of("a smaller cluster was proposed than node " + local.id() + " expects (" + local.expect
                    + "); set the same expect on all nodes");
        }
        return Optional.empty();
    }

    private boolean mayVote(Address from, long ballot, Outbox<Packet, SwimTimer, SwimEvent> out) {
        long promised = local.memory().promisedBallot();
        if (ballot < promised) {
            local.sendBare(from, new Body.Outbid(promised), out);
            return false;
        }
        Round own = round;
        if (own != null && own.ballot < ballot) {
            // this node votes in its own round too: having promised more elsewhere it may not accept its own value any
            // more
            round = null;
        }
        return true;
    }

    /** {@link Body.Promise}, {@link Body.Accepted} or {@link Body.Outbid}; the charter once all have accepted it. */
    Optional<Charter> onAnswer(NodeId sender, Body body, Outbox<Packet, SwimTimer, SwimEvent> out) {
        Round current = round;
        if (current == null || !current.participants.containsKey(sender)) {
            return Optional.empty();
        }
        if (body instanceof Body.Promise promise && promise.ballot() == current.ballot) {
            return onPromise(current, sender, promise.acceptedBallot(), promise.value(), out);
        }
        if (body instanceof Body.Accepted accepted && accepted.ballot() == current.ballot) {
            return onAccepted(current, sender);
        }
        if (body instanceof Body.Outbid outbid && outbid.ballot() > current.ballot) {
            counter = Math.max(counter, outbid.ballot() >>> COUNTER_SHIFT);
            round = null;
        }
        return Optional.empty();
    }

    /** With all promises the value is that of the highest ballot accepted before, or a fresh one. */
    private Optional<Charter> onPromise(
            Round current,
            NodeId sender,
            long acceptedBallot,
            Charter accepted,
            Outbox<Packet, SwimTimer, SwimEvent> out) {
        if (current.accepting) {
            return Optional.empty();
        }
        current.promised.add(sender);
        if (acceptedBallot > current.bestBallot) {
            current.bestBallot = acceptedBallot;
            current.value = accepted;
        }
        if (current.promised.size() < current.participants.size()) {
            return Optional.empty();
        }
        current.accepting = true;
        if (current.value.isNone()) {
            String id = String.format("%016x%016x", local.random.nextLong(), local.random.nextLong());
            current.value = Charter.of(id, current.participants.keySet());
        }
        local.remember(local.memory().withAccepted(current.ballot, current.value), out);
        Optional<Charter> alone = onAccepted(current, local.id());
        if (alone.isEmpty()) {
            ask(current, out);
        }
        return alone;
    }

    private Optional<Charter> onAccepted(Round current, NodeId sender) {
        current.accepted.add(sender);
        if (current.accepted.size() < current.participants.size()) {
            return Optional.empty();
        }
        round = null;
        return Optional.of(current.value);
    }
}
