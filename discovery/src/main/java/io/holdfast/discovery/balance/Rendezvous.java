package io.holdfast.discovery.balance;

import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sends the calls of one key to one instance, whoever asks, and moves only the keys of an instance that comes or goes: rendezvous hashing (Thaler, Ravishankar, IEEE/ACM ToN 1998), with weights
 * by {@code weight / -ln(hash)} (Schindelhauer, Schomaker, SPAA 2005). A key that is too popular spills over: no instance has more than {@code bound} times its share of this node's calls
 * under way, and a key whose instance is full goes to its next one (Mirrokni, Thorup, Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018). Allocates nothing.
 */
public final class Rendezvous {
    private Rendezvous() {}

    /**
     * Chooses. The loads may change meanwhile: if nobody is seen below its bound, the highest ranked of all has the call.
     *
     * @param candidates the instances that take calls
     * @param key the hash of the key, see {@link Hash64}
     * @param bound how many times its share an instance may have, above 1
     * @return the highest ranked instance that is not full, or null if there are none
     */
    public static @Nullable Candidate choose(Candidates candidates, long key, double bound) {
        return choose(candidates, key, bound, each -> each.load().outstanding());
    }

    static @Nullable Candidate choose(
            Candidates candidates, long key, double bound, ToIntFunction<Candidate> outstanding) {
        int size = candidates.size();
        int underWay = 1; // with this call
        for (int i = 0; i < size; i++) {
            underWay += outstanding.applyAsInt(candidates.at(i));
        }
        int total = Math.max(1, candidates.totalWeight());
        Candidate best = null;
        Candidate first = null;
        double bestRank = 0;
        double firstRank = 0;
        for (int i = 0; i < size; i++) {
            Candidate candidate = candidates.at(i);
            double rank = rank(candidates, i, key);
            if (first == null || rank > firstRank) {
                first = candidate;
                firstRank = rank;
            }
            if ((best == null || rank > bestRank)
                    && outstanding.applyAsInt(candidate)
                            < Math.ceil(bound * underWay * candidate.instance().weight() / total)) {
                best = candidate;
                bestRank = rank;
            }
        }
        return best == null ? first : best;
    }

    /**
     * Asks one after the other, the highest ranked first, whatever their loads.
     *
     * @param candidates the instances that take calls
     * @param key the hash of the key
     * @param takes whether one may have the call; nobody is asked after the first who may
     * @return the first who may, or null
     */
    public static @Nullable Candidate first(Candidates candidates, long key, Predicate<Candidate> takes) {
        double below = Double.POSITIVE_INFINITY;
        for (int asked = 0; asked < candidates.size(); asked++) {
            Candidate next = null;
            double nextRank = 0;
            for (int i = 0; i < candidates.size(); i++) {
                double rank = rank(candidates, i, key);
                if (rank < below && rank > nextRank) {
                    next = candidates.at(i);
                    nextRank = rank;
                }
            }
            if (next == null || takes.test(next)) {
                return next;
            }
            below = nextRank;
        }
        return null;
    }

    /** The rank of an instance for a key, above 0. */
    private static double rank(Candidates candidates, int index, long key) {
        long hash = Hash64.mix(candidates.hash(index) ^ key);
        double even = ((hash >>> 12) + 0.5) * 0x1.0p-52; // between 0 and 1, never one of them
        return candidates.even() ? even : candidates.at(index).instance().weight() / -Math.log(even);
    }
}
