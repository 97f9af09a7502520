package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.placement.Reason;
import java.util.Optional;

/** What {@link ShardNode} wants done, and tells. */
public sealed interface ShardEvent {
    /**
     * Read the map's row linearizably; answered by {@link ShardRequest.MapRead} unless it fails.
     *
     * @param beganNanos comes back with the answer
     * @param known the revision that this node knows; comes back with the answer
     */
    record ReadMap(long beganNanos, long known) implements ShardEvent {}

    /**
     * Put the map's row; answered by {@link ShardRequest.MapCommitted}.
     *
     * @param number comes back with the answer
     * @param next the map
     * @param expected the version that the row must have; 0 if it must not be there
     */
    record CommitMap(long number, ShardMap next, long expected) implements ShardEvent {}

    /**
     * Read the shard's fence linearizably; answered by {@link ShardRequest.FenceRead} unless it fails.
     *
     * @param shard the shard
     * @param epoch comes back with the answer
     */
    record ReadFence(int shard, Epoch epoch) implements ShardEvent {}

    /**
     * Put the shard's fence, in the name of this host; answered by {@link ShardRequest.FenceCommitted}.
     *
     * @param shard the shard
     * @param epoch the epoch to put
     * @param expected the version that the row must have; 0 if it must not be there
     */
    record CommitFence(int shard, Epoch epoch, long expected) implements ShardEvent {}

    /**
     * The shard will probably be this node's; answered by {@link ShardRequest.Warmed}.
     *
     * @param shard the shard
     * @param epoch comes back with the answer
     */
    record Warm(int shard, Epoch epoch) implements ShardEvent {}

    /**
     * The shard is this node's.
     *
     * @param shard the shard
     * @param epoch the epoch
     * @param fenceVersion the version of the fence's row
     */
    record Serve(int shard, Epoch epoch, long fenceVersion) implements ShardEvent {}

    /**
     * The shard goes to another node; answered by {@link ShardRequest.Ended}. The tenure's lease is not renewed any more: what stands now is its last.
     *
     * @param shard the shard
     * @param epoch the epoch that ends
     */
    record Drain(int shard, Epoch epoch) implements ShardEvent {}

    /**
     * The shard is lost, or was drained for long enough: the tenure ends now. Answered by {@link ShardRequest.Ended}.
     *
     * @param shard the shard
     * @param epoch the epoch that ends
     */
    record Stop(int shard, Epoch epoch) implements ShardEvent {}

    /**
     * The lease of all tenures that are not drained or stopped is renewed.
     *
     * @param untilNanos until when, on the monotonic clock
     */
    record Leased(long untilNanos) implements ShardEvent {}

    /**
     * The table shows an older map than this node knows, as none ever may: its lease is not renewed.
     *
     * @param known the revision that this node knows
     * @param found the one that was found; 0 if the row is gone
     */
    record WentBack(long known, long found) implements ShardEvent {}

    /**
     * The coordinator cannot go on with this map; the shards of this node are served all the same.
     *
     * @param failure why
     */
    record Stuck(RuntimeException failure) implements ShardEvent {}

    /**
     * There is a newer map.
     *
     * @param map the map
     */
    record MapChanged(ShardMap map) implements ShardEvent {}

    /**
     * What operators wanted stands in the map, or does not.
     *
     * @param id as asked
     * @param failure why it does not; empty if it does
     */
    record RulesChanged(long id, Optional<RuntimeException> failure) implements ShardEvent {}

    /**
     * Whether this node can own shards: it cannot while it does not reach the group in which the map is. Tell the others.
     *
     * @param able whether it can
     */
    record Able(boolean able) implements ShardEvent {}

    /** This node leaves; tell the others. */
    record Leaving() implements ShardEvent {}

    /**
     * This node may go.
     *
     * @param owned how many shards it still owns, since nobody took them in time
     */
    record Left(int owned) implements ShardEvent {}

    /**
     * As the coordinator, this node has brought a move to an end.
     *
     * @param reason why the shard was to move
     * @param done whether it did
     */
    record Moved(Reason reason, boolean done) implements ShardEvent {}

    /**
     * A decision, for the flight recorder.
     *
     * @param subject what it is about
     * @param text what and why
     */
    record Decided(String subject, String text) implements ShardEvent {}
}
