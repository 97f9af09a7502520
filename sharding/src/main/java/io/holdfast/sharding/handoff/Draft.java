package io.holdfast.sharding.handoff;

import io.holdfast.core.loop.Outbox;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.placement.Move;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the coordinator decides in one step. It counts, and is told to people, when it is committed. */
final class Draft {
    private static final int MOST_WORDS = 16;

    private final ShardMap map;
    private final Map<Integer, Ownership> changes = new TreeMap<>();
    private final Map<Integer, String> words = new TreeMap<>();
    private final List<Move> moves = new ArrayList<>();
    private final List<Integer> handed = new ArrayList<>();

    Draft(ShardMap map) {
        this.map = map;
    }

    boolean isEmpty() {
        return changes.isEmpty();
    }

    ShardMap next() {
        return map.with(changes);
    }

    Ownership at(int shard) {
        return changes.getOrDefault(shard, map.at(shard));
    }

    boolean changes(int shard) {
        return changes.containsKey(shard);
    }

    /** Moves that begin, end, or happen at once. */
    List<Move> moves() {
        return moves;
    }

    /** Shards that are handed over. */
    List<Integer> handed() {
        return handed;
    }

    void move(Move move) {
        change(move.shard(), move.next(map.at(move.shard())), move.explain());
        moves.add(move);
    }

    void hand(int shard, Host target) {
        Ownership own = map.at(shard);
        change(
                shard,
                own.handedTo(target),
                target + " is ready and gets it from " + own.owner().orElseThrow());
        handed.add(shard);
    }

    void change(int shard, Ownership next, String why) {
        changes.put(shard, next);
        words.put(shard, why);
    }

    /** A node that dies changes many shards at once, for one reason: that is one decision. */
    void tell(Outbox<ShardMessage, ShardTimer, ShardEvent> out) {
        if (words.size() <= MOST_WORDS) {
            words.forEach((shard, text) -> out.publish(new ShardEvent.Decided("shard-" + shard, text)));
        } else {
            Map.Entry<Integer, String> first = words.entrySet().iterator().next();
            out.publish(new ShardEvent.Decided(
                    map.space(),
                    words.size() + " shards change, for instance shard " + first.getKey() + ": " + first.getValue()));
        }
    }
}
