package io.holdfast.discovery.balance;

import org.jspecify.annotations.Nullable;

/**
 * Prefers the instances of one zone, and spills over: the choice within the zone stands unless it has more than {@value #SPILL} times the pressure (calls under way for its weight) of a
 * remote instance chosen by chance. A zone without instances spills over entirely.
 */
final class ZonePreference implements Balancer {
    /** How much busier a near instance may be: a hop to another zone costs about as much as one short wait. */
    static final double SPILL = 4.0;

    private final String zone;
    private final Balancer inner;
    private final Chance chance;

    ZonePreference(String zone, Balancer inner, Chance chance) {
        this.zone = zone;
        this.inner = inner;
        this.chance = chance;
    }

    @Override
    public @Nullable Candidate choose(Candidates candidates, long nowNanos) {
        Candidates.Zones zones = candidates.zones(zone);
        Candidate near = inner.choose(zones.near(), nowNanos);
        if (near == null) {
            return inner.choose(zones.far(), nowNanos);
        }
        if (zones.far().size() == 0) {
            return near;
        }
        Candidate far = zones.far().at(chance.below(zones.far().size()));
        return near.pressure(nowNanos) > SPILL * far.pressure(nowNanos) ? far : near;
    }
}
