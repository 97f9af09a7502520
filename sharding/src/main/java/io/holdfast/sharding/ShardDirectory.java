package io.holdfast.sharding;

import io.holdfast.core.Deadline;
import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.ShardMap;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What this node knows of who owns what, and what it owns itself. Safe for use by many threads. */
public interface ShardDirectory {
    /**
     * This node.
     *
     * @return its name
     */
    NodeId self();

    /**
     * The latest map that this node has seen; reading it costs nothing.
     *
     * @return the map, of revision 0 before the first
     */
    ShardMap map();

    /**
     * Takes a map that another node sent along with an answer.
     *
     * @param seen a committed map; one that is older than {@link #map} changes nothing
     */
    void learn(ShardMap seen);

    /**
     * What this node may do in a shard.
     *
     * @param shard the shard
     * @return the tenure, as long as this node serves the shard; empty while it waits for it or hands it over
     */
    Optional<Tenure> tenure(int shard);

    /**
     * Waits until this node serves a shard, or knows that it shall not.
     *
     * @param shard the shard
     * @param revision the revision of the map that says that it shall: as long as this node knows only earlier ones it waits for news
     * @param deadline until when to wait
     * @return the tenure, or empty if by that revision or a later one the shard is another's; fails with {@link io.holdfast.core.UnavailableException} when the deadline passes
     */
    CompletionStage<Optional<Tenure>> await(int shard, long revision, Deadline deadline);
}
