package io.holdfast.admin;

import io.holdfast.json.JsonWriter;
import io.holdfast.sharding.map.Host;
import io.holdfast.sharding.map.Ownership;
import io.holdfast.sharding.map.ShardMap;
import io.holdfast.sharding.map.ShardMember;
import io.holdfast.sharding.map.ShardRules;
import io.holdfast.sharding.placement.Explanation;
import io.holdfast.sharding.placement.Homeless;
import io.holdfast.sharding.placement.Move;
import io.holdfast.sharding.placement.Placement;
import io.holdfast.sharding.placement.Plan;
import io.holdfast.sharding.placement.Share;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** The documents of {@code /admin/shards}. */
final class ShardsPage {
    private ShardsPage() {}

    /** Who owns what, what each node has and shall have, and what is planned. */
    static JsonWriter all(ShardsView view) {
        ShardMap map = view.shards().map();
        Collection<ShardMember> members = view.shards().members();
        JsonWriter json = new JsonWriter()
                .object()
                .name("enabled")
                .value(true)
                .name("space")
                .value(map.space())
                .name("revision")
                .value(map.revision())
                .name("entitiesInMemoryHere")
                .value(view.entities().getAsInt());
        rules(json, map.rules());
        json.name("members").array();
        Placement.shares(map, members).forEach(share -> share(json, share));
        json.endArray();
        Plan plan = Placement.plan(map, members);
        json.name("planned").array();
        plan.moves().forEach(move -> move(json, move));
        json.endArray().name("homeless").array();
        for (Homeless lost : plan.homeless()) {
            json.object()
                    .name("shard")
                    .value(lost.shard())
                    .name("why")
                    .value(lost.explain())
                    .endObject();
        }
        json.endArray().name("shards").array();
        for (int shard = 0; shard < map.shards().size(); shard++) {
            json.object();
            ownership(json, shard, map.at(shard));
            json.endObject();
        }
        return json.endArray().endObject();
    }

    private static void rules(JsonWriter json, ShardRules rules) {
        json.name("paused").value(rules.paused()).name("pins").object();
        rules.pins().forEach((shard, node) -> json.name(Integer.toString(shard)).value(node.value()));
        json.endObject().name("bans").array();
        rules.bans().forEach(node -> json.value(node.value()));
        json.endArray().name("requires").array();
        rules.requires().forEach(json::value);
        json.endArray();
    }

    private static void share(JsonWriter json, Share share) {
        ShardMember member = share.member();
        json.object()
                .name("node")
                .value(member.host().node().value())
                .name("zone")
                .value(member.zone())
                .name("weight")
                .value(member.weight())
                .name("leaving")
                .value(member.leaving())
                .name("shards")
                .value(share.shards())
                .name("low")
                .value(share.low())
                .name("high")
                .value(share.high())
                .name("against")
                .value(share.against()
                        .map(reason -> reason.name().toLowerCase(Locale.ROOT))
                        .orElse(null))
                .endObject();
    }

    private static void move(JsonWriter json, Move move) {
        json.object()
                .name("shard")
                .value(move.shard())
                .name("from")
                .value(name(move.from()))
                .name("to")
                .value(move.to().node().value())
                .name("reason")
                .value(move.reason().name().toLowerCase(Locale.ROOT))
                .name("why")
                .value(move.explain())
                .endObject();
    }

    private static void ownership(JsonWriter json, int shard, Ownership now) {
        json.name("shard")
                .value(shard)
                .name("owner")
                .value(name(now.owner()))
                .name("epoch")
                .value(now.epoch().value());
        now.target().ifPresent(target -> json.name("movingTo").value(target.node().value()));
    }

    private static String name(Optional<Host> host) {
        return host.map(one -> one.node().value()).orElse("");
    }

    /** Why a shard is where it is. */
    static JsonWriter one(ShardsView view, int shard) {
        Explanation found = Placement.explain(view.shards().map(), view.shards().members(), shard);
        JsonWriter json = new JsonWriter().object();
        ownership(json, shard, found.ownership());
        json.name("previous")
                .value(name(found.ownership().previous()))
                .name("pin")
                .value(found.pin().map(node -> node.value()).orElse(null))
                .name("why")
                .value(found.why())
                .name("ranks")
                .array();
        for (Explanation.Rank rank : found.ranks()) {
            json.object()
                    .name("node")
                    .value(rank.share().host().node().value())
                    .name("score")
                    .value(rank.score())
                    .name("shards")
                    .value(rank.share().shards())
                    .endObject();
        }
        return json.endArray().endObject();
    }
}
