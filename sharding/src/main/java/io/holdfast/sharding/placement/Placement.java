package io.holdfast.sharding.placement;

import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Who shall own which shard.
 *
 * <p>What holds once all moves of a plan are made, and no move was under way:
 * <ul>
 *   <li>Every member that may own shards has its share by weight, give or take 5 % or one shard, whichever is more. Pinned shards count; what is pinned to a node beyond its weight all others lack in proportion.
 *   <li>Every zone has the sum of its nodes' shares, give or take 5 % or one shard. So the loss of a zone costs its proportion of the shards and never more, however small its nodes' shares are and however they are rounded.
 *       Nodes that tell no zone form one together. Zones change nothing else: a shard has one owner, and its state is replicated by its group, which has voters of its own.
 *   <li>As few shards have moved as these bounds allow. When an equal node joins N others it gets between 95 and 105 % of 1/(N+1) of the shards, and nothing moves between the others; when a node leaves, its shards move, and
 *       others only where a bound asks for them.
 *   <li>A second plan is empty.
 * </ul>
 * The same map and members give the same plan on every node, whatever the order of the members. All methods are pure and safe for use by many threads; a plan of 1,024 shards and 20 nodes takes some milliseconds.
 */
public final class Placement {
    private Placement() {}

    /**
     * Says what shall change. A shard that is on its way ({@code target}) counts as its target's and is not planned again, unless its owner is gone (then the target shall own it at once), the target may not have it any more, or it is
     * pinned elsewhere. While the rules say {@code paused} only shards move that nobody serves, and those of leaving nodes.
     *
     * @param map who owns what, and the rules
     * @param members the live members, in any order, each process once
     * @return the moves in the order in which they shall be made, and the shards that nobody can take
     * @throws IllegalArgumentException if a process is named twice
     */
    public static Plan plan(ShardMap map, Collection<ShardMember> members) {
        return finish(map, new Fitness(map.rules(), members));
    }

    private static Plan finish(ShardMap map, Fitness fitness) {
        Candidates candidates = new Candidates(map, fitness);
        Layout layout = new Layout(map, fitness, candidates);
        if (candidates.count() > 0) {
            new Balancer(candidates, layout).run();
        }
        List<Move> moves = shards(map)
                .flatMap(shard -> layout.move(shard).stream())
                .sorted(Comparator.comparingInt((Move move) -> move.reason().rank())
                        .thenComparingInt(Move::shard))
                .toList();
        return new Plan(
                moves,
                shards(map).flatMap(shard -> layout.homeless(shard).stream()).toList());
    }

    private static Stream<Integer> shards(ShardMap map) {
        return IntStream.range(0, map.shards().size()).boxed();
    }

    /**
     * What each member has and shall have.
     *
     * @param map who owns what, and the rules
     * @param members the live members, in any order, each process once
     * @return a line a member, in order of their names
     * @throws IllegalArgumentException if a process is named twice
     */
    public static List<Share> shares(ShardMap map, Collection<ShardMember> members) {
        Fitness fitness = new Fitness(map.rules(), members);
        Candidates candidates = new Candidates(map, fitness);
        Map<Host, Integer> counts = new TreeMap<>();
        map.shards()
                .forEach(shard -> shard.target()
                        .filter(target -> fitness.against(target).isEmpty())
                        .or(shard::owner)
                        .ifPresent(host -> counts.merge(host, 1, Integer::sum)));
        return fitness.members().stream()
                .map(member -> share(member, counts.getOrDefault(member.host(), 0), candidates, fitness))
                .toList();
    }

    private static Share share(ShardMember member, int shards, Candidates candidates, Fitness fitness) {
        Optional<Reason> against = fitness.against(member.host());
        if (against.isPresent()) {
            return new Share(member, shards, 0, 0, 0, against);
        }
        Bound bound = candidates.nodes[candidates.number(member.host())];
        return new Share(member, shards, bound.share(), bound.low(), bound.high(), against);
    }

    /**
     * Says why a shard is where it is, and where it goes.
     *
     * @param map who owns what, and the rules
     * @param members the live members, in any order, each process once
     * @param shard the shard
     * @return the scores of all members, their bounds, pins, and a sentence
     * @throws IllegalArgumentException if there is no such shard, or a process is named twice
     */
    public static Explanation explain(ShardMap map, Collection<ShardMember> members, int shard) {
        Explainer explainer = new Explainer(map, new Fitness(map.rules(), members), shard);
        return explainer.explain(shares(map, members), plan(map, members));
    }
}
