package io.holdfast.discovery.balance;

import io.holdfast.core.cluster.ServiceInstance;
import java.util.ArrayList;
import java.util.List;

/** The instances of a service that take calls now, with their loads: an immutable snapshot, made once for each change of the directory by {@link LoadTable}. */
public final class Candidates {
    private final Candidate[] all;
    private final int[] cumulative;

    Candidates(List<Candidate> candidates) {
        all = candidates.toArray(new Candidate[0]);
        cumulative = new int[all.length];
        int sum = 0;
        for (int i = 0; i < all.length; i++) {
            sum += all[i].instance().weight();
            cumulative[i] = sum;
        }
    }

    /**
     * How many there are.
     *
     * @return a count of zero or more
     */
    public int size() {
        return all.length;
    }

    /**
     * One of them.
     *
     * @param index 0 to {@link #size()} exclusive
     * @return the candidate
     */
    public Candidate at(int index) {
        return all[index];
    }

    int totalWeight() {
        return all.length == 0 ? 0 : cumulative[all.length - 1];
    }

    /** The first candidate whose share of the total weight ends after the point. */
    int indexAtWeight(int point) {
        int low = 0;
        int high = all.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cumulative[middle] > point) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Those in a zone, or those elsewhere. */
    Candidates inZone(String zone, boolean inside) {
        List<Candidate> chosen = new ArrayList<>();
        for (Candidate candidate : all) {
            ServiceInstance instance = candidate.instance();
            if (instance.zone().equals(zone) == inside) {
                chosen.add(candidate);
            }
        }
        return new Candidates(chosen);
    }
}
