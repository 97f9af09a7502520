package io.holdfast.discovery.swim;

import io.holdfast.core.Address;
import io.holdfast.core.NodeId;
import java.util.List;

/** What a {@link Packet} is for. */
sealed interface Body {
    /** Are you there? {@code target} guards against an address that another node took over. */
    record Ping(long sequence, NodeId target) implements Body {}

    /** The answer to {@link Ping} and, through a helper, to {@link PingRequest}. */
    record Ack(long sequence, NodeId target) implements Body {}

    /** Please probe another member for me (SWIM, section 3.1: ping-req). */
    record PingRequest(long sequence, NodeId target, Address address) implements Body {}

    /** The helper is well but got no answer (Lifeguard, section IV-A); {@code lost} says that it has evidence of its own: a closed or refused connection. */
    record Nack(long sequence, NodeId target, boolean lost) implements Body {}

    /** Nothing but rumours. */
    record Gossip() implements Body {}

    /** A comparison of whole views: equal hashes need no answer. */
    record Digest(long members, long services, long notes) implements Body {}

    /** A whole view. */
    record State(List<Rumor.OfMember> members, List<OwnerHash> owners, List<OwnerHash> noteOwners, boolean answer)
            implements Body {}

    /** The hash of all offers, or of all notes, of one node. */
    record OwnerHash(NodeId owner, long hash) {}

    /** All offers of some nodes. */
    record Offers(List<Rumor.OfService> offers) implements Body {}

    /** All notes of some nodes. */
    record Notes(List<Rumor.OfNote> notes) implements Body {}

    /**
     * A node that wants to be in: itself, and whom else it knows.
     *
     * @param nonce tells two processes of one name apart
     * @param dialled the address that it used to reach the receiver: a seed's name may differ from the address that the node gives itself
     * @param aliases under which addresses others reached the sender
     */
    record Hello(
            long nonce, int expect, Rumor.OfMember self, Address dialled, List<Address> aliases, List<Address> others)
            implements Body {}

    /** You are in; a {@link State} follows. The cluster id is in the packet's head. */
    record Welcome() implements Body {}

    /** You are not in, and why; {@code last} tells a node that has not joined to give up: two nodes that both look for their cluster may only have met by mistake. */
    record Refuse(String reason, boolean last) implements Body {}

    /** Paxos phase 1a among {@code quorum} forming nodes. */
    record Prepare(long ballot, int quorum) implements Body {}

    /** Phase 1b; {@code acceptedBallot} is 0 and {@code value} {@link Charter#NONE} if nothing was accepted. */
    record Promise(long ballot, long acceptedBallot, Charter value) implements Body {}

    /** Phase 2a. */
    record Accept(long ballot, int quorum, Charter value) implements Body {}

    /** Phase 2b. */
    record Accepted(long ballot) implements Body {}

    /** A higher ballot was promised already. */
    record Outbid(long ballot) implements Body {}
}
