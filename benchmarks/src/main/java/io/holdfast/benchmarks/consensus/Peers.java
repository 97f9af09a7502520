package io.holdfast.benchmarks.consensus;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Everything that can be measured, by the name in the table. */
final class Peers {
    static final String HOLDFAST = "holdfast";
    static final String ZOOKEEPER = "zookeeper";
    static final String JRAFT = "sofajraft";
    static final String RATIS = "ratis";
    static final String ETCD = "etcd";
    static final String QUORUM = "holdfast-quorum";
    static final String HAZELCAST = "hazelcast";
    static final String REDIS = "redis";

    /** Those that agree on a log, for which {@code run-consensus} is; the others are for {@code run-quorum}. */
    static final List<String> LOGS = List.of(HOLDFAST, ZOOKEEPER, JRAFT, RATIS, ETCD);

    private static final Map<String, Supplier<KvPeer>> ALL = all();

    private Peers() {}

    private static Map<String, Supplier<KvPeer>> all() {
        Map<String, Supplier<KvPeer>> peers = new LinkedHashMap<>();
        peers.put(HOLDFAST, HoldfastKv::new);
        peers.put(ZOOKEEPER, ZooKeeperKv::new);
        peers.put(JRAFT, JraftKv::new);
        peers.put(RATIS, RatisKv::new);
        peers.put(ETCD, EtcdKv::new);
        peers.put(QUORUM, QuorumKv::new);
        peers.put(HAZELCAST, HazelcastKv::new);
        peers.put(REDIS, RedisKv::new);
        return peers;
    }

    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    static KvPeer named(String name) {
        Supplier<KvPeer> peer = ALL.get(name);
        if (peer == null) {
            throw new IllegalArgumentException("peer (" + name + ") must be one of " + names());
        }
        return peer.get();
    }

    /** Those of the names that can run here; says of each other one why it cannot. */
    static List<String> available(List<String> names) {
        return names.stream()
                .filter(name -> {
                    String missing = named(name).missing();
                    if (!missing.isEmpty()) {
                        System.out.println(name + " is left out: " + missing);
                    }
                    return missing.isEmpty();
                })
                .toList();
    }
}
