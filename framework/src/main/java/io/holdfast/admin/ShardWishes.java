package io.holdfast.admin;

import io.holdfast.core.Check;
import io.holdfast.core.NodeId;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import io.holdfast.sharding.placement.Placement;
import io.holdfast.sharding.placement.Reason;
import io.holdfast.sharding.placement.Share;
import io.holdfast.sharding.placement.WhatIf;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Refuses what an operator can only have mistyped, or would regret: pins that have no effect, bans that leave nobody. By what this node knows; what changes meanwhile does no harm, for the planner minds it. Each method throws
 * {@link IllegalArgumentException} with the rule and the remedy.
 */
final class ShardWishes {
    private static final List<String> SUPPOSED = List.of("without", "with", "weight", "zone", "labels");

    private ShardWishes() {}

    static int shard(ShardMap map, String text) {
        int most = map.shards().size() - 1;
        Check.that(
                text.matches("\\d{1,5}") && Integer.parseInt(text) <= most,
                "shard (%s) must be a number between 0 and %d",
                text,
                most);
        return Integer.parseInt(text);
    }

    /** The members that a query supposes to come and go: several may go, one may come. */
    static WhatIf supposed(Map<String, List<String>> query) {
        query.forEach((name, values) -> {
            Check.that(SUPPOSED.contains(name), "parameter (%s) is not known here; write one of %s", name, SUPPOSED);
            Check.that(
                    values.size() == 1 || name.equals("without"),
                    "%s is given %d times; give it once",
                    name,
                    values.size());
        });
        WhatIf supposed = WhatIf.NOTHING;
        for (String node : query.getOrDefault("without", List.of())) {
            supposed = supposed.leaves(NodeId.of(node));
        }
        String joining = one(query, "with", "");
        for (String said : SUPPOSED.subList(2, SUPPOSED.size())) {
            Check.that(
                    query.containsKey("with") || !query.containsKey(said),
                    "%s (%s) is of the node that joins, and none is named; write with=<node>, too",
                    said,
                    one(query, said, ""));
        }
        return !query.containsKey("with")
                ? supposed
                : supposed.joins(
                        NodeId.of(joining),
                        one(query, "zone", ""),
                        weight(one(query, "weight", "100")),
                        labels(one(query, "labels", "")));
    }

    private static String one(Map<String, List<String>> query, String name, String otherwise) {
        return query.getOrDefault(name, List.of(otherwise)).get(0);
    }

    private static Set<String> labels(String text) {
        return text.isEmpty()
                ? Set.of()
                : Stream.of(text.split(",", -1))
                        .map(label -> Check.label("label", label))
                        .collect(Collectors.toUnmodifiableSet());
    }

    private static int weight(String text) {
        Check.that(text.matches("\\d{1,7}"), "weight (%s) must be a number between 1 and 1,000,000", text);
        return Integer.parseInt(text);
    }

    static void pin(ShardMap map, Collection<ShardMember> members, NodeId node) {
        List<Share> all = Placement.shares(map, members);
        Share wanted = all.stream()
                .filter(share -> share.host().node().equals(node))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "node (" + node + ") of the pin must be a member that can own shards, one of " + names(all)));
        Check.that(
                wanted.against().isEmpty(),
                "node (%s) of the pin may own no shards: it is %s; %s",
                node,
                wanted.against().map(ShardWishes::words).orElse(""),
                "take another, or change that first");
    }

    private static String words(Reason reason) {
        return reason == Reason.UNFIT
                ? "without a required label"
                : reason.name().toLowerCase(Locale.ROOT);
    }

    private static String names(List<Share> shares) {
        return shares.stream()
                .filter(share -> share.against().isEmpty())
                .map(share -> share.host().node().value())
                .distinct()
                .collect(Collectors.joining(", ", "[", "]"));
    }

    static void unpin(ShardMap map, int shard) {
        Check.that(
                map.rules().pins().containsKey(shard),
                "shard (%d) is not pinned; pinned are %s",
                shard,
                map.rules().pins().keySet());
    }

    /** A node that is not there may be banned before it comes. */
    static void ban(ShardMap map, Collection<ShardMember> members, NodeId node) {
        List<Share> able = Placement.shares(map, members).stream()
                .filter(share -> share.against().isEmpty())
                .toList();
        Check.that(
                able.isEmpty()
                        || able.stream().anyMatch(share -> !share.host().node().equals(node)),
                "node (%s) is the only one that may own shards, nobody could take them; start another node first",
                node);
    }

    static void unban(ShardMap map, NodeId node) {
        Check.that(
                map.rules().bans().contains(node),
                "node (%s) is not banned; banned are %s",
                node,
                map.rules().bans());
    }
}
