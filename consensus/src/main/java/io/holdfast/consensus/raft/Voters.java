package io.holdfast.consensus.raft;

import java.util.List;
import java.util.function.Predicate;

/**
 * Who votes in a group. While a change is under way there are two sets, and a majority of each is needed (joint consensus: Ongaro, "Consensus: bridging theory and practice", 2014, section 4.3).
 *
 * @param current the voters, or those to be
 * @param outgoing the voters before the change that is under way; empty when none is
 * @param index the log index of this configuration
 */
public record Voters(List<PeerId> current, List<PeerId> outgoing, long index) {
    /**
     * Copies the lists.
     *
     * @param current as the component
     * @param outgoing as the component
     * @param index as the component
     */
    public Voters {
        current = current.stream().sorted().toList();
        outgoing = outgoing.stream().sorted().toList();
    }

    /**
     * Whether a peer votes.
     *
     * @param peer the peer
     * @return true if it is one of the current voters or of the outgoing ones
     */
    public boolean names(PeerId peer) {
        return current.contains(peer) || outgoing.contains(peer);
    }

    /**
     * Whether those who agree can decide.
     *
     * @param agrees who agrees
     * @return true if they are a majority of the current voters and, during a change, of the outgoing ones too
     */
    public boolean isQuorum(Predicate<PeerId> agrees) {
        return isMajority(current, agrees) && (outgoing.isEmpty() || isMajority(outgoing, agrees));
    }

    private static boolean isMajority(List<PeerId> peers, Predicate<PeerId> agrees) {
        return peers.stream().filter(agrees).count() > peers.size() / 2;
    }
}
