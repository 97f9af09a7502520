package io.holdfast.sharding.map;

import io.holdfast.core.Check;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Who owns each shard of a space, as it was committed in the meta group: as a whole, by compare-and-set on the revision before. A later revision replaces an earlier one.
 *
 * @param space the name of the shard space, a DNS label
 * @param revision 1 for the first map, growing by one with each change
 * @param shards each shard's ownership; as many as there are shards, a power of two that never changes
 * @param rules what operators want
 * @param terms what all nodes must have alike; of the first map, for ever
 */
public record ShardMap(String space, long revision, List<Ownership> shards, ShardRules rules, ShardTerms terms) {
    /** The most shards of a space. */
    public static final int MAX_SHARDS = 4096;

    /**
     * Validates the number and copies the list.
     *
     * @param space as the component
     * @param revision as the component
     * @param shards as the component
     * @param rules as the component
     * @param terms as the component
     * @throws IllegalArgumentException if the number of shards is no power of two up to {@value #MAX_SHARDS}
     */
    public ShardMap {
        Check.label("shard space", space);
        Check.that(
                Integer.bitCount(shards.size()) == 1 && shards.size() <= MAX_SHARDS,
                "shards (%d) of space %s must be a power of two up to %d; take 256",
                shards.size(),
                space,
                MAX_SHARDS);
        shards = List.copyOf(shards);
    }

    /**
     * A map in which nobody owns anything, before the first revision.
     *
     * @param space the name of the space
     * @param shards how many shards: a power of two
     * @return the map, of revision 0
     */
    public static ShardMap empty(String space, int shards) {
        return new ShardMap(space, 0, Collections.nCopies(shards, Ownership.NONE), ShardRules.NONE, ShardTerms.NONE);
    }

    /**
     * The first map.
     *
     * @param founding what operators want at first
     * @param alike what all nodes must have alike
     * @return a map of the next revision
     */
    public ShardMap founded(ShardRules founding, ShardTerms alike) {
        return new ShardMap(space, revision + 1, shards, founding, alike);
    }

    /**
     * The shard of a key.
     *
     * @param key the key
     * @return its number
     */
    public int shardOf(String key) {
        return KeyHash.shard(key, shards.size());
    }

    /**
     * The ownership of a shard.
     *
     * @param shard its number
     * @return who owns it
     */
    public Ownership at(int shard) {
        return shards.get(shard);
    }

    /**
     * The next map.
     *
     * @param changes the shards that change
     * @return a map of the next revision
     */
    public ShardMap with(Map<Integer, Ownership> changes) {
        List<Ownership> next = new ArrayList<>(shards);
        changes.forEach(next::set);
        return new ShardMap(space, revision + 1, next, rules, terms);
    }

    /**
     * The next map, with other wishes.
     *
     * @param value the wishes
     * @return a map of the next revision
     */
    public ShardMap withRules(ShardRules value) {
        return new ShardMap(space, revision + 1, shards, value, terms);
    }
}
