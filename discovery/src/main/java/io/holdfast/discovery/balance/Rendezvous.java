package io.holdfast.discovery.balance;

import org.jspecify.annotations.Nullable;

/**
 * Sends the calls of one key to one instance, whoever asks, and moves only the keys of an instance that comes or goes: rendezvous hashing (Thaler, Ravishankar, IEEE/ACM ToN 1998), with weights
 * by {@code weight / -ln(hash)} (Schindelhauer, Schomaker, SPAA 2005). A key that is too popular spills over: no instance has more than {@code bound} times its share of this node's calls
 * under way, and a key whose instance is full goes to its next one (Mirrokni, Thorup, Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018). Allocates nothing.
 */
public final class Rendezvous {
    private Rendezvous() {}

    /**
     * Chooses.
     *
     * @param candidates the instances that take calls
     * @param key the hash of the key, see {@link Hash64}
     * @param bound how many times its share an instance may have, above 1
     * @return the highest ranked instance that is not full, or null if there are none
     */
    public static @Nullable Candidate choose(Candidates candidates, long key, double bound) {
        int size = candidates.size();
        int underWay = 1; // with this call
        for (int i = 0; i < size; i++) {
            underWay += candidates.at(i).load().outstanding();
        }
        int total = Math.max(1, candidates.totalWeight());
        Candidate best = null;
        double bestRank = 0;
        for (int i = 0; i < size; i++) {
            Candidate candidate = candidates.at(i);
            double rank = rank(candidates, i, key);
            if ((best == null || rank > bestRank)
                    && candidate.load().outstanding()
                            < Math.ceil(bound * underWay * candidate.instance().weight() / total)) {
                best = candidate;
                bestRank = rank;
            }
        }
        return best;
    }

    /** The rank of an instance for a key, above 0. */
    private static double rank(Candidates candidates, int index, long key) {
        long hash = Hash64.mix(candidates.hash(index) ^ key);
        double even = ((hash >>> 12) + 0.5) * 0x1.0p-52; // between 0 and 1, never one of them
        return candidates.even() ? even : candidates.at(index).instance().weight() / -Math.log(even);
    }
}
