package io.holdfast.discovery.balance;

import org.jspecify.annotations.Nullable;

/**
 * Prefers the instances of one zone, and spills over: the choice within the zone stands unless it has more than {@value #SPILL} times the pressure (calls under way for its weight) of a
 * remote instance chosen by chance. A zone without instances spills over entirely.
 */
final class ZonePreference implements Balancer {
    /** How much busier a near instance may be: a hop to another zone costs about as much as one short wait. */
    static final double SPILL = 4.0;

    private record Split(Candidates all, Candidates near, Candidates far) {}

    private final String zone;
    private final Balancer inner;
    private final Chance chance;
    private volatile @Nullable Split split;

    ZonePreference(String zone, Balancer inner, Chance chance) {
        this.zone = zone;
        this.inner = inner;
        this.chance = chance;
    }

    @Override
    public @Nullable Candidate choose(Candidates candidates, long nowNanos) {
        Split known = split;
        if (known == null || known.all != candidates) {
            known = new Split(candidates, candidates.inZone(zone, true), candidates.inZone(zone, false));
            split = known;
        }
        Candidate near = inner.choose(known.near, nowNanos);
        if (near == null) {
            return inner.choose(known.far, nowNanos);
        }
        if (known.far.size() == 0) {
            return near;
        }
        Candidate far = known.far.at(chance.below(known.far.size()));
        return near.pressure() > SPILL * far.pressure() ? far : near;
    }
}
