package io.holdfast.sharding.placement;

import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.KeyHash;

/**
 * How much a shard likes a node: weighted rendezvous hashing. The highest score wins as often as the node's weight says, and the scores of others do not change when a node comes or goes (Thaler and Ravishankar 1998,
 * "Using name-based mappings to increase hit rates"; the logarithm by Schindelhauer and Schomaker, SPAA 2005, "Weighted distributed hash tables"). The name counts and not the run: a node that starts anew is liked by the same shards.
 */
final class Rendezvous {
    private final long space;

    Rendezvous(String space) {
        this.space = KeyHash.of(space);
    }

    /** The scores of a node for all shards. */
    double[] scores(NodeId node, int weight, int shards) {
        long seed = mix(space + KeyHash.of(node.value()));
        double[] scores = new double[shards];
        for (int shard = 0; shard < shards; shard++) {
            // Between 0 and 1 and neither. StrictMath: every node must come to the same plan.
            double hash = ((mix(seed + (shard + 1) * 0x9e3779b97f4a7c15L) >>> 11) + 0.5) * 0x1.0p-53;
            scores[shard] = -weight / StrictMath.log(hash);
        }
        return scores;
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
