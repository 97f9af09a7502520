package io.holdfast.sharding.placement;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Says why one shard is where it is. Immutable. */
final class Explainer {
    private final ShardMap map;
    private final Fitness fitness;
    private final int shard;
    private final Ownership now;
    private final Optional<NodeId> pin;

    Explainer(ShardMap map, Fitness fitness, int shard) {
        Check.that(
                shard >= 0 && shard < map.shards().size(),
                "shard (%d) of space %s must be between 0 and %d; /admin/shards shows them all",
                shard,
                map.space(),
                map.shards().size() - 1);
        this.map = map;
        this.fitness = fitness;
        this.shard = shard;
        this.now = map.at(shard);
        this.pin = Optional.ofNullable(map.rules().pins().get(shard));
    }

    Explanation explain(List<Share> shares, Plan plan) {
        Rendezvous rendezvous = new Rendezvous(map.space());
        List<Explanation.Rank> ranks = shares.stream()
                .map(share -> new Explanation.Rank(
                        share,
                        rendezvous
                                .scores(
                                        share.host().node(),
                                        share.member().weight(),
                                        map.shards().size())[shard]))
                .sorted(Comparator.comparingDouble(Explanation.Rank::score).reversed())
                .toList();
        Optional<Move> planned =
                plan.moves().stream().filter(move -> move.shard() == shard).findFirst();
        Optional<String> homeless = plan.homeless().stream()
                .filter(lost -> lost.shard() == shard)
                .findFirst()
                .map(Homeless::explain);
        String why =
                planned.map(this::words).or(() -> homeless).or(this::onItsWay).orElseGet(() -> stays(ranks));
        return new Explanation(shard, now, pin, ranks, planned, why + pinWithoutEffect());
    }

    private String words(Move move) {
        String where = move.takesBack() ? "stays with " + move.to() : "shall go to " + move.to();
        return "shard " + shard + " " + where + " (" + move.reason() + "): " + move.explain();
    }

    private Optional<String> onItsWay() {
        return now.target()
                .map(target -> "shard " + shard + " is on its way from "
                        + now.owner().map(Host::toString).orElse("nobody") + " to " + target);
    }

    private String stays(List<Explanation.Rank> ranks) {
        Host owner = now.owner().orElseThrow(() -> new IllegalStateException("a shard of nobody's is always planned"));
        if (fitness.against(owner).isPresent()) {
            return "shard " + shard + " stays with " + owner + " although " + fitness.words(owner)
                    + ": moves are paused; resume them";
        }
        if (pin.filter(owner.node()::equals).isPresent()) {
            return "shard " + shard + " is with " + owner + ", where it is pinned";
        }
        int place = 0;
        while (!ranks.get(place).share().host().equals(owner)) {
            place++;
        }
        return "shard " + shard + " stays with " + load(ranks.get(place).share())
                + (map.rules().paused() ? "; moves are paused" : ", within bounds")
                + (place == 0 ? "; it has the highest score" : before(ranks.subList(0, place)));
    }

    private static String before(List<Explanation.Rank> before) {
        return "; by score "
                + before.stream().map(rank -> load(rank.share())).limit(3).collect(Collectors.joining(", "))
                + (before.size() > 3 ? " and " + (before.size() - 3) + " more" : "") + " would come first, but a shard"
                + " that has an owner moves only when a bound asks for it";
    }

    private static String load(Share share) {
        return share.host() + " (" + share.shards() + " shards of " + share.low() + " to " + share.high() + ")";
    }

    private String pinWithoutEffect() {
        return pin.filter(node -> fitness.members().stream()
                        .noneMatch(member -> member.host().node().equals(node)
                                && fitness.against(member.host()).isEmpty()))
                .map(
                        node -> ". Its pin to " + node
                                + " has no effect: that node is no member, or may not own shards; remove the pin or bring the node back")
                .orElse("");
    }
}
