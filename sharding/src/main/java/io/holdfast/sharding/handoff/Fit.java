package io.holdfast.sharding.handoff;

import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardTerms;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether what this node was started with is what its space was founded with. Immutable. */
record Fit(String space, int shards, ShardTerms own) {
    private static final Logger log = LoggerFactory.getLogger(Fit.class);

    /** Why this node must own nothing, with the setting, its value and the one that it must have; empty if all is well or there is no map yet. */
    Optional<String> misfit(ShardMap map) {
        if (map.revision() == 0) {
            return Optional.empty();
        } else if (map.shards().size() != shards) {
            return Optional.of("holdfast.sharding.shards (" + shards + ") must be the number with which the cluster was"
                    + " founded (" + map.shards().size() + "); set it to that");
        } else if (map.terms().groups() != own.groups()) {
            return Optional.of("holdfast.consensus.groups (" + own.groups() + ") must be the number with which the"
                    + " cluster was founded (" + map.terms().groups() + "); start this node with that and an empty"
                    + " data directory");
        }
        return Optional.empty();
    }

    /** Tells people if the lease is another: that of the map counts. */
    void compareLease(ShardMap first) {
        if (!first.terms().lease().equals(own.lease())) {
            log.warn(
                    "space {}: holdfast.sharding.lease ({}) is not the one with which the cluster was founded ({}); this node takes that",
                    space,
                    own.lease(),
                    first.terms().lease());
        }
    }
}
