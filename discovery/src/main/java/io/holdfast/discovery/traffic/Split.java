package io.holdfast.discovery.traffic;

import io.holdfast.discovery.balance.Candidates;
import java.util.List;

/** Chooses the instances of one version, in proportion to the weights of those versions that have any. Allocates nothing. Immutable. */
final class Split {
    private final String[] versions;
    private final int[] weights;

    Split(List<VersionWeight> split) {
        versions = split.stream().map(VersionWeight::version).toArray(String[]::new);
        weights = split.stream().mapToInt(VersionWeight::weight).toArray();
    }

    /**
     * Picks.
     *
     * @param all the instances of all versions
     * @param point 64 even bits; the same point stays with an earlier version when that one's weight grows
     * @return those of one version; all if no version of the split has an instance
     */
    Candidates pick(Candidates all, long point) {
        int total = 0;
        for (int i = 0; i < versions.length; i++) {
            total += all.ofVersion(versions[i]) == null ? 0 : weights[i];
        }
        int rest = (int) ((point >>> 32) * total >>> 32);
        for (int i = 0; i < versions.length; i++) {
            Candidates its = all.ofVersion(versions[i]);
            if (its != null) {
                rest -= weights[i];
                if (rest < 0) {
                    return its;
                }
            }
        }
        return all;
    }

    /** Whether a version gets any calls. */
    boolean gives(String version) {
        for (int i = 0; i < versions.length; i++) {
            if (versions[i].equals(version)) {
                return weights[i] > 0;
            }
        }
        return false;
    }
}
