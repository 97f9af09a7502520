package io.holdfast.discovery.balance;

import io.holdfast.core.cluster.ServiceInstance;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The instances of a service that take calls now, with their loads: an immutable snapshot, made once for each change of the directory or of who is in by {@link LoadTable}. */
public final class Candidates {
    private final Candidate[] all;
    private final Candidate[] probes;
    private final int[] cumulative;
    private final long[] hashes;
    private final boolean even;
    private final boolean ramped;
    private final Map<String, Candidates> versions;
    private volatile @Nullable Zones zones;
    private volatile @Nullable Candidates settled;

    /** Nobody has other probes than {@code all} has. */
    Candidates(List<Candidate> candidates, List<Candidate> onProbe, boolean ramped) {
        this.all = candidates.toArray(new Candidate[0]);
        this.probes = onProbe.toArray(new Candidate[0]);
        this.ramped = ramped;
        this.cumulative = new int[all.length];
        this.hashes = new long[all.length];
        int sum = 0;
        boolean same = true;
        for (int i = 0; i < all.length; i++) {
            ServiceInstance instance = all[i].instance();
            sum += instance.weight();
            cumulative[i] = sum;
            hashes[i] = Hash64.of(instance.node().value());
            same &= instance.weight() == all[0].instance().weight();
        }
        this.even = same;
        this.versions = byVersion(candidates, onProbe);
    }

    private Map<String, Candidates> byVersion(List<Candidate> candidates, List<Candidate> onProbe) {
        Map<String, Candidates> found = new HashMap<>();
        List<Candidate> both = new ArrayList<>(candidates);
        both.addAll(onProbe);
        List<String> names =
                both.stream().map(each -> each.instance().version()).distinct().toList();
        for (String name : names) {
            Predicate<Candidate> its = each -> each.instance().version().equals(name);
            found.put(name, names.size() == 1 ? this : where(its));
        }
        return found;
    }

    private Candidates where(Predicate<Candidate> condition) {
        return new Candidates(
                List.of(all).stream().filter(condition).toList(),
                List.of(probes).stream().filter(condition).toList(),
                ramped);
    }

    /**
     * Those of a version.
     *
     * @param version as the instances tell it
     * @return the candidates, null if there are none; those who are on probe may be the only ones
     */
    public @Nullable Candidates ofVersion(String version) {
        return versions.get(version);
    }

    /**
     * Takes the place of a probe, if one is free.
     *
     * @param nowNanos the monotonic clock
     * @return who was out and is to be tried with this call, or null
     */
    public @Nullable Candidate probe(long nowNanos) {
        for (Candidate candidate : probes) {
            if (candidate.standing().claimProbe(nowNanos)) {
                return candidate;
            }
        }
        return null;
    }

    /** Whether a slow start is respected: some are new, and fewer than half. */
    boolean ramped() {
        return ramped;
    }

    /** Those that were in no slow start when this was asked first; kept, since a snapshot is made anew whenever somebody comes. */
    Candidates settled(long nowNanos) {
        Candidates known = settled;
        if (known == null) {
            known = where(each -> !each.standing().cold(nowNanos));
            settled = known;
        }
        return known;
    }

    /** Whether all have one weight. */
    boolean even() {
        return even;
    }

    /** The hash of a candidate's node. */
    long hash(int index) {
        return hashes[index];
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

    /**
     * Those in a zone, and those elsewhere; kept for the next call, since a node asks for its own zone only.
     *
     * @param zone the zone
     * @return both parts
     */
    Zones zones(String zone) {
        Zones known = zones;
        if (known == null || !known.zone().equals(zone)) {
            known = new Zones(
                    zone,
                    where(each -> each.instance().zone().equals(zone)),
                    where(each -> !each.instance().zone().equals(zone)));
            zones = known;
        }
        return known;
    }

    /** The candidates in a zone and elsewhere. */
    record Zones(String zone, Candidates near, Candidates far) {}
}
