package io.holdfast.benchmarks.consensus;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Three Hazelcast members with a map of one synchronous backup, in memory, and its own client, which sends each call to the member that owns the key. */
final class HazelcastKv implements KvPeer {
    private static final String MAP = "bench";

    @Override
    public String settings() {
        return "write: in the memory of the owner and of one backup, nothing on disk (IMap.setAsync, backup count 1);"
                + " read: the owner's memory (getAsync); its own client, smart routing; the JVM flags that its manual asks"
                + " for; otherwise defaults";
    }

    /** Those of its manual for this JDK; without them it reads no selector keys directly. */
    @Override
    public List<String> flags() {
        return List.of(
                "--add-modules=java.se",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-opens=java.management/sun.management=ALL-UNNAMED",
                "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");
    }

    @Override
    public KvNode serve(NodePlan plan) {
        Config config = new Config();
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.getNetworkConfig()
                .setPort(plan.own().peers())
                .setPortAutoIncrement(false)
                .setPublicAddress(NodePorts.HOST + ":" + plan.own().peers());
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(NodePorts.HOST);
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true);
        plan.nodes().forEach(node -> join.getTcpIpConfig().addMember(NodePorts.HOST + ":" + node.peers()));
        config.addMapConfig(new MapConfig(MAP).setBackupCount(1));
        return new Node(Hazelcast.newHazelcastInstance(config), plan);
    }

    private record Node(HazelcastInstance member, NodePlan plan) implements KvNode {
        /** Nobody leads the whole: the first node is named, so that the driver sees that all are there. */
        @Override
        public Role role() {
            boolean complete =
                    member.getCluster().getMembers().size() == plan.nodes().size()
                            && member.getPartitionService().isClusterSafe();
            return !complete ? Role.ALONE : plan.index() == 0 ? Role.LEADER : Role.FOLLOWER;
        }

        @Override
        public void close() {
            member.shutdown();
        }
    }

    @Override
    public KvClient connect(ClientPlan plan) {
        ClientConfig config = new ClientConfig();
        config.setProperty("hazelcast.logging.type", "slf4j");
        plan.nodes().forEach(node -> config.getNetworkConfig().addAddress(NodePorts.HOST + ":" + node.peers()));
        HazelcastInstance client = HazelcastClient.newHazelcastClient(config);
        return new Client(client, client.getMap(MAP));
    }

    private record Client(HazelcastInstance client, IMap<String, byte[]> map) implements KvClient {
        @Override
        public void put(byte[] key, byte[] value, KvAnswer answer) {
            answer.follow(map.setAsync(text(key), value).thenApply(written -> NOTHING));
        }

        @Override
        public void get(byte[] key, KvAnswer answer) {
            answer.follow(map.getAsync(text(key)).thenApply(found -> found == null ? NOTHING : found));
        }

        private static String text(byte[] key) {
            return new String(key, StandardCharsets.US_ASCII);
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }
}
