package io.holdfast.benchmarks.consensus;

import io.holdfast.HoldfastNode;
import io.holdfast.NodeBuilder;
import io.holdfast.core.UnavailableException;
import io.holdfast.replication.quorum.LatestMap;
import io.holdfast.replication.quorum.QuorumOptions;
import io.holdfast.replication.quorum.Ring;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** As {@link HoldfastKv}, with a quorum map in the replicated map's place: three nodes that keep rows, and the client as a fourth node that keeps none. */
final class QuorumKv implements KvPeer {
    private static final Duration READY = Duration.ofSeconds(30);

    /** Names of client nodes: each is a new member, so that nobody takes it for the one that has just left. */
    private final AtomicInteger clients = new AtomicInteger();

    @Override
    public String settings() {
        return "write: fsync on W = 2 of N = 3 replicas, the third is told too; read: R = 2 of 3, repaired on W before"
                + " the answer; the client is a fourth node that keeps no rows; one map whose latest write stands, String"
                + " to byte[]; otherwise defaults";
    }

    @Override
    public KvNode serve(NodePlan plan) {
        HoldfastNode node = node(
                        "n" + plan.index(),
                        plan.nodes().stream().mapToInt(NodePorts::peers).toArray())
                .bind(NodePorts.HOST, plan.own().peers())
                .expect(plan.nodes().size())
                .dataDir(plan.directory())
                .start();
        return new Node(node, plan);
    }

    private static NodeBuilder node(String id, int[] ports) {
        return HoldfastKv.node(id, ports).replication(true);
    }

    private record Node(HoldfastNode node, NodePlan plan) implements KvNode {
        /** Nobody leads a quorum map: the first node is named, so that the driver sees that all are there. */
        @Override
        public Role role() {
            try {
                Ring ring = node.quorum().ring();
                boolean complete = ring.phase() == Ring.Phase.STABLE
                        && ring.nodes().size() == plan.nodes().size()
                        && node.ready();
                return !complete ? Role.ALONE : plan.index() == 0 ? Role.LEADER : Role.FOLLOWER;
            } catch (UnavailableException notJoined) {
                return Role.ALONE;
            }
        }

        @Override
        public void close() {
            node.close();
        }
    }

    @Override
    public KvClient connect(ClientPlan plan) {
        HoldfastNode node = node(
                        "client-" + clients.incrementAndGet(),
                        plan.nodes().stream().mapToInt(NodePorts::peers).toArray())
                .set("holdfast.replication.member", "false")
                .expect(plan.nodes().size())
                .start()
                .awaitReady(READY);
        return new Client(node, node.latestMap("bench", String.class, byte[].class, QuorumOptions.MAJORITY));
    }

    private record Client(HoldfastNode node, LatestMap<String, byte[]> map) implements KvClient {
        @Override
        public void put(byte[] key, byte[] value, KvAnswer answer) {
            answer.follow(map.putAsync(text(key), value).thenApply(written -> NOTHING));
        }

        @Override
        public void get(byte[] key, KvAnswer answer) {
            answer.follow(map.getAsync(text(key)).thenApply(found -> found.orElse(NOTHING)));
        }

        private static String text(byte[] key) {
            return new String(key, StandardCharsets.US_ASCII);
        }

        @Override
        public void close() {
            node.close();
        }
    }
}
