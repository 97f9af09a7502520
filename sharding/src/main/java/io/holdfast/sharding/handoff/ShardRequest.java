package io.holdfast.sharding.handoff;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardRules;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the shell tells {@link ShardNode}. */
public sealed interface ShardRequest {
    /**
     * Who can own shards, as membership and the notes of the members say.
     *
     * @param members the live and the suspected ones, this node among them
     * @param gone nodes that membership says are dead or have left
     */
    record MembersSeen(List<Neighbour> members, Set<NodeId> gone) implements ShardRequest {
        /**
         * Copies the collections.
         *
         * @param members as the component
         * @param gone as the component
         */
        public MembersSeen {
            members = List.copyOf(members);
            gone = Set.copyOf(gone);
        }
    }

    /**
     * Who leads the meta group, and so coordinates.
     *
     * @param leader the node, or empty while nobody is known to
     */
    record LeaderSeen(Optional<NodeId> leader) implements ShardRequest {}

    /**
     * The answer to {@link ShardEvent.ReadMap}.
     *
     * @param beganNanos as asked: the instant before the read began
     * @param known as asked: the revision that was known by then
     * @param map what stands in the table
     */
    record MapRead(long beganNanos, long known, Optional<ShardMap> map) implements ShardRequest {}

    /**
     * A map came along with an answer of another node.
     *
     * @param map a committed map
     */
    record MapLearned(ShardMap map) implements ShardRequest {}

    /**
     * Another node knows a newer map.
     *
     * @param revision its revision
     */
    record NewerExists(long revision) implements ShardRequest {}

    /**
     * The answer to {@link ShardEvent.CommitMap}.
     *
     * @param number as asked
     * @param outcome what came of it
     */
    record MapCommitted(long number, Outcome outcome) implements ShardRequest {}

    /** What came of a commit. */
    enum Outcome {
        /** All is changed. */
        APPLIED,
        /** Nothing is changed: the row has another version, or the group did not take it. */
        REFUSED,
        /** It may be changed, or become so. */
        UNKNOWN
    }

    /**
     * The answer to {@link ShardEvent.ReadFence}; when the read fails there is none, and it is asked again.
     *
     * @param shard as asked
     * @param epoch as asked
     * @param fence what stands in the table
     */
    record FenceRead(int shard, Epoch epoch, Optional<Fence> fence) implements ShardRequest {}

    /**
     * The answer to {@link ShardEvent.CommitFence}.
     *
     * @param shard as asked
     * @param epoch as asked
     * @param expected as asked
     * @param outcome what came of it
     */
    record FenceCommitted(int shard, Epoch epoch, long expected, Outcome outcome) implements ShardRequest {}

    /**
     * The tenant is as warm as it gets, after {@link ShardEvent.Warm}.
     *
     * @param shard as asked
     * @param epoch as asked
     */
    record Warmed(int shard, Epoch epoch) implements ShardRequest {}

    /**
     * After {@link ShardEvent.Drain} or {@link ShardEvent.Stop}: nothing is under way any more, and the tenure holds no longer.
     *
     * @param shard as asked
     * @param epoch as asked
     */
    record Ended(int shard, Epoch epoch) implements ShardRequest {}

    /**
     * Operators want something else of the placement. Answered by {@link ShardEvent.RulesChanged}.
     *
     * @param id comes back with the answer
     * @param change makes the new rules of the present map; asked again when another change came first. Throws {@link IllegalArgumentException} if the map does not allow it
     */
    record ChangeRules(long id, Function<ShardMap, ShardRules> change) implements ShardRequest {}

    /**
     * Hand over everything. Answered by {@link ShardEvent.Left}.
     *
     * @param limit how long it may take
     */
    record Leave(Duration limit) implements ShardRequest {}
}
