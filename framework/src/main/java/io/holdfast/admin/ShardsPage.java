package io.holdfast.admin;

import io.holdfast.json.JsonWriter;
import io.holdfast.sharding.hot.HotReport;
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
    /** Of long lists so many are shown, and how many more there are. */
    private static final int SHOWN = 256;

    private ShardsPage() {}

    /** Who owns what, what each node has and shall have, and what is planned. */
    static JsonWriter all(ShardMap map, Collection<ShardMember> members, int entities, HotReport hot) {
        JsonWriter json = new JsonWriter()
                .object()
                .name("enabled")
                .value(true)
                .name("space")
                .value(map.space())
                .name("revision")
                .value(map.revision())
                .name("entitiesInMemoryHere")
                .value(entities);
        rules(json, map.rules());
        json.name("members").array();
        Placement.shares(map, members).forEach(share -> share(json, share));
        json.endArray();
        plan(json, Placement.plan(map, members));
        hot(json, hot);
        json.name("shards").array();
        for (int shard = 0; shard < map.shards().size(); shard++) {
            json.object();
            ownership(json, shard, map.at(shard));
            json.endObject();
        }
        return json.endArray().endObject();
    }

    /** What will move, or would, if members came or went. */
    static JsonWriter plan(ShardMap map, Collection<ShardMember> members) {
        Plan plan = Placement.plan(map, members);
        JsonWriter json = new JsonWriter()
                .object()
                .name("revision")
                .value(map.revision())
                .name("paused")
                .value(map.rules().paused())
                .name("moves")
                .value(plan.moves().size())
                .name("members")
                .array();
        Placement.shares(map, members).forEach(share -> share(json, share));
        json.endArray();
        plan(json, plan);
        return json.endObject();
    }

    private static void plan(JsonWriter json, Plan plan) {
        json.name("planned").array();
        plan.moves().stream().limit(SHOWN).forEach(move -> move(json, move));
        json.endArray()
                .name("morePlanned")
                .value(Math.max(0, plan.moves().size() - SHOWN))
                .name("homeless")
                .array();
        for (Homeless lost : plan.homeless().stream().limit(SHOWN).toList()) {
            json.object()
                    .name("shard")
                    .value(lost.shard())
                    .name("why")
                    .value(lost.explain())
                    .endObject();
        }
        json.endArray().name("moreHomeless").value(Math.max(0, plan.homeless().size() - SHOWN));
    }

    private static void hot(JsonWriter json, HotReport hot) {
        json.name("hotHere").object().name("keys").array();
        for (HotReport.HotKey key : hot.keys()) {
            json.object()
                    .name("key")
                    .value(key.key())
                    .name("shard")
                    .value(key.shard())
                    .name("perSecond")
                    .value(key.perSecond())
                    .name("atMostTooHighBy")
                    .value(key.error())
                    .endObject();
        }
        json.endArray().name("shards").array();
        for (HotReport.HotShard shard : hot.shards()) {
            json.object()
                    .name("shard")
                    .value(shard.shard())
                    .name("perSecond")
                    .value(shard.perSecond())
                    .endObject();
        }
        json.endArray().endObject();
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
        json.object();
        load(json, share);
        json.name("zone")
                .value(member.zone())
                .name("weight")
                .value(member.weight())
                .name("leaving")
                .value(member.leaving())
                .endObject();
    }

    private static void load(JsonWriter json, Share share) {
        json.name("node")
                .value(share.host().node().value())
                .name("shards")
                .value(share.shards())
                .name("share")
                .value(share.share())
                .name("low")
                .value(share.low())
                .name("high")
                .value(share.high())
                .name("against")
                .value(share.against()
                        .map(reason -> reason.name().toLowerCase(Locale.ROOT))
                        .orElse(null));
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
        now.target()
                .ifPresent(target -> json.name("movingTo").value(target.node().value()));
    }

    private static String name(Optional<Host> host) {
        return host.map(one -> one.node().value()).orElse("");
    }

    /** Why a shard is where it is. */
    static JsonWriter one(ShardMap map, Collection<ShardMember> members, int shard) {
        Explanation found = Placement.explain(map, members, shard);
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
            json.object().name("score").value(rank.score());
            load(json, rank.share());
            json.endObject();
        }
        return json.endArray().endObject();
    }
}
