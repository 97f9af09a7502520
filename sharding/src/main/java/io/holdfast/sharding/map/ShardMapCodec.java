package io.holdfast.sharding.map;

import io.holdfast.core.Epoch;
import io.holdfast.core.NodeId;
import io.holdfast.core.wire.WireReader;
import io.holdfast.core.wire.WireWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The bytes of a map: {@code [version u8][space][revision][hosts][shards][rules][lease in ms][groups]}, hosts named once and pointed at. A map of 256 shards has about 1.5 KB.
 */
public final class ShardMapCodec {
    private static final int VERSION = 2;
    private static final int MAX_HOSTS = 3 * ShardMap.MAX_SHARDS;
    private static final int MAX_LABEL = 255;
    private static final int MAX_LEASE_MILLIS = 86_400_000;

    private ShardMapCodec() {}

    /**
     * Encodes a map.
     *
     * @param map the map
     * @return its bytes
     */
    public static byte[] encode(ShardMap map) {
        WireWriter out = new WireWriter();
        out.u8(VERSION);
        out.text(map.space());
        out.number(map.revision());
        Map<Host, Integer> hosts = hosts(map);
        out.number(hosts.size());
        hosts.keySet().forEach(host -> {
            out.text(host.node().value());
            out.fixed64(host.run());
        });
        out.number(map.shards().size());
        map.shards().forEach(shard -> {
            out.number(shard.epoch().value());
            out.number(place(hosts, shard.owner()));
            out.number(place(hosts, shard.previous()));
            out.u8(shard.handsOver() ? 1 : 0);
            out.number(place(hosts, shard.target()));
        });
        encode(map.rules(), out);
        out.number(map.terms().lease().toMillis());
        out.number(map.terms().groups());
        return out.bytes();
    }

    private static Map<Host, Integer> hosts(ShardMap map) {
        Map<Host, Integer> hosts = new LinkedHashMap<>();
        for (Ownership shard : map.shards()) {
            for (Optional<Host> host : List.of(shard.owner(), shard.previous(), shard.target())) {
                host.ifPresent(named -> hosts.putIfAbsent(named, hosts.size() + 1));
            }
        }
        return hosts;
    }

    private static int place(Map<Host, Integer> hosts, Optional<Host> host) {
        return host.map(hosts::get).orElse(0);
    }

    private static void encode(ShardRules rules, WireWriter out) {
        out.u8(rules.paused() ? 1 : 0);
        out.number(rules.pins().size());
        rules.pins().forEach((shard, node) -> {
            out.number(shard);
            out.text(node.value());
        });
        out.number(rules.bans().size());
        rules.bans().forEach(node -> out.text(node.value()));
        out.number(rules.requires().size());
        rules.requires().forEach(out::text);
    }

    /**
     * Decodes a map.
     *
     * @param bytes bytes of any origin
     * @return the map
     * @throws io.holdfast.core.ProtocolException if they are not those of a map, or of a newer layout
     */
    public static ShardMap decode(byte[] bytes) {
        WireReader in = new WireReader("shard map", bytes);
        in.version("layout", VERSION);
        String space = in.text("space", MAX_LABEL);
        long revision = in.number("revision");
        List<Optional<Host>> hosts = new ArrayList<>();
        hosts.add(Optional.empty());
        for (int left = in.count("hosts", MAX_HOSTS); left > 0; left--) {
            hosts.add(Optional.of(new Host(node(in), in.fixed64("run"))));
        }
        List<Ownership> shards = new ArrayList<>();
        for (int left = in.count("shards", ShardMap.MAX_SHARDS); left > 0; left--) {
            Epoch epoch = new Epoch(in.number("epoch"));
            Optional<Host> owner = host(in, hosts);
            Optional<Host> previous = host(in, hosts);
            boolean handsOver = in.flag("hands over");
            shards.add(ownership(in, owner, epoch, previous, handsOver, host(in, hosts)));
        }
        try {
            ShardRules rules = rules(in);
            ShardTerms terms = terms(in);
            in.end();
            return new ShardMap(space, revision, shards, rules, terms);
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }

    private static Ownership ownership(
            WireReader in,
            Optional<Host> owner,
            Epoch epoch,
            Optional<Host> previous,
            boolean handsOver,
            Optional<Host> target) {
        try {
            return new Ownership(owner, epoch, previous, handsOver, target);
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Host> host(WireReader in, List<Optional<Host>> hosts) {
        return hosts.get(in.number("host", hosts.size() - 1));
    }

    private static NodeId node(WireReader in) {
        String name = in.text("node", MAX_LABEL);
        try {
            return NodeId.of(name);
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }

    private static ShardTerms terms(WireReader in) {
        int lease = in.number("lease", MAX_LEASE_MILLIS);
        return new ShardTerms(Duration.ofMillis(lease), in.number("groups", ShardTerms.MAX_GROUPS));
    }

    private static ShardRules rules(WireReader in) {
        boolean paused = in.flag("paused");
        Map<Integer, NodeId> pins = new TreeMap<>();
        for (int left = in.count("pins", ShardMap.MAX_SHARDS); left > 0; left--) {
            pins.put(in.number("pinned shard", ShardMap.MAX_SHARDS - 1), node(in));
        }
        Set<NodeId> bans = new TreeSet<>();
        for (int left = in.count("bans", ShardRules.MAX_BANS); left > 0; left--) {
            bans.add(node(in));
        }
        Set<String> requires = new TreeSet<>();
        for (int left = in.count("labels", MAX_LABEL); left > 0; left--) {
            requires.add(in.text("label", MAX_LABEL));
        }
        return new ShardRules(paused, pins, bans, requires);
    }
}
