package io.holdfast.sharding.placement;

/** How many shards each candidate and each zone has while a plan is made. For use by one thread. */
final class Loads {
    private final Candidates candidates;
    private final int[] node;
    private final int[] zone;
    /** What a zone's nodes lack until each has its low bound. */
    private final int[] lack;

    Loads(Candidates candidates) {
        this.candidates = candidates;
        this.node = new int[candidates.count()];
        this.zone = new int[candidates.zones.length];
        this.lack = new int[zone.length];
        for (int i = 0; i < node.length; i++) {
            lack[candidates.zoneOf(i)] += candidates.nodes[i].low();
        }
    }

    void add(int i) {
        if (lacks(i)) {
            lack[candidates.zoneOf(i)]--;
        }
        node[i]++;
        zone[candidates.zoneOf(i)]++;
    }

    void remove(int i) {
        node[i]--;
        zone[candidates.zoneOf(i)]--;
        if (lacks(i)) {
            lack[candidates.zoneOf(i)]++;
        }
    }

    int of(int i) {
        return node[i];
    }

    int ofZone(int i) {
        return zone[i];
    }

    /** Load by share; where it is least, shards are wanted most. */
    double ratio(int i) {
        return node[i] / Math.max(candidates.nodes[i].share(), 1e-9); // a share of nothing wants nothing
    }

    boolean lacks(int i) {
        return node[i] < candidates.nodes[i].low();
    }

    boolean spares(int i) {
        return node[i] > candidates.nodes[i].low();
    }

    int surplus(int i) {
        return node[i] - candidates.nodes[i].high();
    }

    /** How many shards a zone must give away until it has room for what its nodes lack. */
    int zoneSurplus(int i) {
        return zone[i] + lack[i] - candidates.zones[i].high();
    }

    /** Room that a node lacks is kept for it. */
    boolean hasRoom(int i) {
        int spare = -zoneSurplus(candidates.zoneOf(i)) + (lacks(i) ? 1 : 0);
        return surplus(i) < 0 && spare > 0;
    }

    /** How many shards must still come from elsewhere until all low bounds are met. */
    int need() {
        int need = 0;
        for (int i = 0; i < zone.length; i++) {
            need += Math.max(lack[i], zoneLack(i));
        }
        return need;
    }

    private int zoneLack(int i) {
        return candidates.zones[i].low() - zone[i];
    }

    /** Whether a shard more here makes {@link #need} smaller. */
    boolean helps(int i) {
        int its = candidates.zoneOf(i);
        return lacks(i) || zoneLack(its) > lack[its];
    }

    /** Moves a shard if that makes the need smaller and breaks no upper bound; says whether it has. */
    boolean moved(int from, int to) {
        int before = need();
        remove(from);
        add(to);
        if (need() < before && surplus(to) <= 0 && zoneSurplus(candidates.zoneOf(to)) <= 0) {
            return true;
        }
        remove(to);
        add(from);
        return false;
    }
}
