package io.holdfast.node;

import io.holdfast.core.config.DataSize;
import io.holdfast.core.config.Default;
import io.holdfast.core.config.Doc;
import io.holdfast.core.config.Section;
import io.holdfast.sharding.entity.EntityLimits;

/**
 * Whether this node takes part in the shards, and what lives in them; the numbers of the shards themselves are {@link io.holdfast.sharding.ShardingConfig}.
 *
 * @param enabled whether it takes part
 * @param entities the bounds of entities
 */
@Doc(
        "Entities and jobs that live on one node of the cluster each, found by their keys. Either all nodes of a cluster have it or none; a node owns shards once it hosts something.")
public record ShardingSettings(
        @Doc(
                "Whether this node can call entities, and host them; the same on all nodes. Needs holdfast.consensus.enabled.")
        @Default("false")
        boolean enabled,

        @Doc("The bounds of the entities of this node.") Bounds entities) {
    static final Section<ShardingSettings> SECTION = Section.of("holdfast.sharding", ShardingSettings.class);

    /**
     * The bounds of the entities of one node.
     *
     * @param memory how much those at rest may take
     * @param maxConcurrent how many calls run at once
     */
    public record Bounds(
            @Doc(
                    "How much memory entities at rest may take, with about 1 KiB for each besides its state; those that are used least leave first.")
            @Default("128MiB")
            DataSize memory,

            @Doc(
                    "How many calls of entities run on this node at once; a further call is refused with OverloadedException before it begins.")
            @Default("512")
            int maxConcurrent) {
        EntityLimits limits() {
            return EntityLimits.standard().withMemory(memory.bytes()).withRunning(maxConcurrent);
        }
    }
}
