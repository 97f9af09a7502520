package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMap;

/** What nodes tell each other while shards move. Each may be lost, late or doubled: what matters is in the tables, or told again. */
public sealed interface ShardMessage {
    /**
     * A map was committed.
     *
     * @param map the map
     */
    record News(ShardMap map) implements ShardMessage {}

    /**
     * To the coordinator: the target of a move is as warm as it gets.
     *
     * @param shard which shard
     * @param epoch the epoch of the present owner
     * @param target who is ready
     */
    record Ready(int shard, Epoch epoch, Host target) implements ShardMessage {}

    /**
     * To the coordinator: a move is over.
     *
     * @param shard which shard
     * @param epoch the epoch that is served
     */
    record Served(int shard, Epoch epoch) implements ShardMessage {}

    /**
     * To the coordinator: the fence of a shard is beyond its epoch in the map, though the map was read after the fence. So it is after a restore of backups that were not taken at one moment.
     *
     * @param shard which shard
     * @param epoch the owner's, by the map
     * @param fence the epoch that the fence shows
     */
    record Overtaken(int shard, Epoch epoch, Epoch fence) implements ShardMessage {}

    /**
     * From the next owner to the previous one: is the shard released?
     *
     * @param shard which shard
     * @param epoch the next owner's epoch
     * @param revision of the map that says so; who knows only earlier ones reads it
     */
    record MayI(int shard, Epoch epoch, long revision) implements ShardMessage {}

    /**
     * From the previous owner to the next one: nothing of the previous epoch is under way here, nothing is answered from memory any more, and so it was with the owner before when this one began.
     *
     * @param shard which shard
     * @param epoch the next owner's epoch
     * @param by the previous owner
     */
    record Released(int shard, Epoch epoch, Host by) implements ShardMessage {}
}
